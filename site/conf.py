"""How Sphinx makes the site; tools/build_site.py prepares the pages and runs it."""

project = "Recurrent neural networks"
html_title = "Recurrent neural networks: a course you can move"
copyright = "the authors of the course, text and pictures CC BY 4.0, code BSD 3-Clause"
extensions = ["myst_nb"]
exclude_patterns = []
html_theme = "sphinx_book_theme"
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "home_page_in_toc": True,
}
html_static_path = ["static"]
html_css_files = ["course.css", "page.css"]
html_js_files = ["live.js", "page.js"]
html_copy_source = False
html_show_sourcelink = False
# Summaries of what was found are fetched, which a browser forbids for pages read from a folder.
html_show_search_summary = False
templates_path = []

nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 3
# The headings of a chapter start anew where a cell does.
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]
mathjax_path = "mathjax.js"
mathjax3_config = {"options": {"enableMenu": False}}
# As the reader's system is, light or dark.
html_context = {"default_mode": "auto"}
