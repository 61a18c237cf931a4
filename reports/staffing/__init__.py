"""Staffing (`dotacion`): days in; calls to expect by half-hour, agents needed and scheduled, and how good that is out.

`erlang`: what so many agents achieve; `history`: counts by half-hour; `forecast`: how many calls come; `plan`: agents.
"""
