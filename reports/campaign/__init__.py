"""A campaign's report (GC-PRC-OPE-ASE-02, K): its records in; who was managed, what came of it and who then paid out.

`customers` and `payments` say what is known of each, `figures` counts it, `comparison` holds it against those who were
not talked to; `queries` reads, `document` is for people, `export` is a process of its own for whoever may not wait.
"""
