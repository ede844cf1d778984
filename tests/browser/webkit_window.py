"""A window for WebKit's driver, for the system's Python, which has WebKit's library: python3 webkit_window.py FOLDER.

The window that comes with the driver is never narrower than 447 pixels. ``FOLDER/log`` gets what a page writes to the
console and what it asks for. A window that keeps nothing would keep the console to itself, so this one has a folder.
"""

import os
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

folder = sys.argv[1]
for stream in (1, 2):
    os.dup2(os.open(f"{folder}/log", os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)

kept = WebKit2.WebsiteDataManager(base_cache_directory=folder, base_data_directory=folder)
context = WebKit2.WebContext(website_data_manager=kept)
context.set_automation_allowed(True)
view = WebKit2.WebView(
    web_context=context,
    is_controlled_by_automation=True,
    settings=WebKit2.Settings(enable_write_console_messages_to_stdout=True),
)
view.connect("resource-load-started", lambda view, resource, request: print("ASKED", request.get_uri(), flush=True))


def begin(context: WebKit2.WebContext, session: WebKit2.AutomationSession) -> None:
    """Hand the driver its window."""
    session.connect("create-web-view", lambda session: view)
    session.set_application_info(WebKit2.ApplicationInfo())


context.connect("automation-started", begin)
window = Gtk.Window(decorated=False)
window.add(view)
view.set_size_request(50, 50)
window.connect("destroy", Gtk.main_quit)
window.show_all()
view.grab_focus()
Gtk.main()
