"""A notification service on the session bus (Desktop Notifications Specification 1.2), for tests.

Usage: notifications.py LOG [press]. Each notification is a line of JSON in LOG; with `press` the first button is pressed at once.
"""
import json
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.Notifications"


class Notifications(dbus.service.Object):
    def __init__(self, bus, log, press):
        super().__init__(bus, "/org/freedesktop/Notifications")
        self.log, self.press, self.last = log, press, 0

    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, summary, body, actions, hints, timeout):
        self.last += 1
        number = int(replaces) or self.last
        with open(self.log, "a") as log:
            log.write(json.dumps({
                "number": number, "replaces": int(replaces), "app": str(app), "summary": str(summary), "body": str(body),
                "actions": [str(word) for word in actions], "urgency": int(hints["urgency"])}) + "\n")
        if self.press and actions:
            GLib.timeout_add(50, lambda: self.ActionInvoked(number, str(actions[0])) and False)
        return number

    @dbus.service.signal(NAME, signature="us")
    def ActionInvoked(self, number, action):
        pass


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
name = dbus.service.BusName(NAME, bus)
Notifications(bus, sys.argv[1], "press" in sys.argv[2:])
print("ready", flush=True)
GLib.MainLoop().run()
