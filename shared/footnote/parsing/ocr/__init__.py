"""Optical character recognition: pictures of pages to lines of text, through Tesseract."""
