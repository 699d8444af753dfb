"""The parts of a DOCX file as streams of XML, read block by block."""
