"""Reports made by a process of its own, so that no screen-pop waits for one; with progress, and an end at any moment.

In: which report, in which form; out: a file. `order`: what that process is told; `process`: what it does;
`running`: starts and watches it; `progress`: what it says meanwhile; `files`: a file for whoever sends it on.
"""
