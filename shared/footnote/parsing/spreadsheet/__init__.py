"""The parts of an XLSX file as streams of rows, with values as their cells show them."""
