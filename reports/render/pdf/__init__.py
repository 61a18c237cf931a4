"""A report as a PDF to sign and to file: A4, embedded fonts, charts as vectors, headings of tables on each page.

A document in, pages out: `writer` puts the parts in order, `pages` has what stands around them, `tables` and `charts`
(of `plots`) make parts, `widths` (pure) shares out the room, `type_faces` has fonts and styles of text.
"""
