"""Lists that people load: uploaded files in, customers of campaigns and payments out. The one writer of their tables.

An upload is kept (`uploads.py`), and read by a process of its own into what it says of whom (`reading.py`; `listed.py`
and `merge.py`). A person looks at that and loads, cancels or undoes it: `store.py` takes the decision, `loading.py`
carries it out (`known.py`: with whom is in the campaign already).
`reader.py` has each done that is to be done, in the process that dials. How far a load is: `model.py`.
"""
