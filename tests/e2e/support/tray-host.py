"""A panel for tests: watches for tray items on the session bus (org.kde.StatusNotifierWatcher) and works their menus.

Reads a line with a label from stdin to click that entry; prints the labels of the newest item's menu as a JSON line whenever
they change.
"""
import json, sys
import dbus, dbus.service, dbus.mainloop.glib
from gi.repository import GLib

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.bus.BusConnection(sys.argv[1])
WATCHER = 'org.kde.StatusNotifierWatcher'
ITEM = 'org.kde.StatusNotifierItem'


class Watcher(dbus.service.Object):
    item = None

    @dbus.service.method(WATCHER, in_signature='s', sender_keyword='sender')
    def RegisterStatusNotifierItem(self, service, sender=None):
        self.item = (sender, service) if service.startswith('/') else (service, '/StatusNotifierItem')

    @dbus.service.method(WATCHER, in_signature='s')
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='ss', out_signature='v')
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='s', out_signature='a{sv}')
    def GetAll(self, interface):
        return {
            'IsStatusNotifierHostRegistered': dbus.Boolean(True),
            'ProtocolVersion': dbus.Int32(0),
            'RegisteredStatusNotifierItems': dbus.Array([], 's'),
        }

    @dbus.service.signal(WATCHER)
    def StatusNotifierHostRegistered(self):
        pass


def menu():
    """The menu's interface and its entries, label to id."""
    name, path = watcher.item
    place = bus.get_object(name, path).Get(ITEM, 'Menu', dbus_interface=dbus.PROPERTIES_IFACE)
    found = dbus.Interface(bus.get_object(name, place), 'com.canonical.dbusmenu')
    _, (_, _, entries) = found.GetLayout(dbus.Int32(0), dbus.Int32(-1), dbus.Array([], 's'))
    return found, {str(e[1].get('label', '')): int(e[0]) for e in entries}


shown = None


def look():
    global shown
    if watcher.item is None:
        return True
    try:
        labels = [label for label in menu()[1] if label]
    except dbus.DBusException:
        return True  # it has no menu yet, or is being replaced
    if labels and labels != shown:
        shown = labels
        print(json.dumps(labels), flush=True)
    return True


def click(source, _condition):
    label = source.readline().strip()
    if not label:
        loop.quit()
        return False
    found, ids = menu()
    # Who quits does not answer.
    found.Event(ids[label], 'clicked', dbus.String('', variant_level=1), dbus.UInt32(0), ignore_reply=True)
    return True


name = dbus.service.BusName(WATCHER, bus)
watcher = Watcher(bus, '/StatusNotifierWatcher')
loop = GLib.MainLoop()
GLib.timeout_add(100, look)
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, click)
print('[]', flush=True)
loop.run()
