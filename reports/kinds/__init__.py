"""What a report of the catalogue is: its name, what it may be asked for, and how it is made.

In: what was asked, a connection and the scene; out: a document. `asked`: days and filters; `kind`: the report itself;
`request`: what a person or a program asks for in words, and why not; `days`: days by what they are to today.
"""
