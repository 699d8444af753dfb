"""What the lines on a PDF's pages are to each other: furniture, headings, tables, paragraphs."""
