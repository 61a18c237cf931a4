"""The menus as data in, Asterisk's dialplan and a walk without a telephone out."""
