"""What places calls: whose turn it is, the floor and the trunk in, commands to the bridge and attempts out.

One process acts, the one with the lease. Callbacks come before campaigns, and all share the trunk.
"""
