"""The help widget for pages of other sites; `http.widget_script` joins its files into one."""
