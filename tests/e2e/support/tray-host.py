"""A panel for tests: watches for tray items on the session bus (org.kde.StatusNotifierWatcher) and works their menus.

Shows notifications, too. Reads a line with a label from stdin to click that entry, or the name of the notification service to
click the newest notification. Prints JSON lines: the labels of the newest item's menu whenever they change, and notifications.
"""
import json, sys
import dbus, dbus.service, dbus.mainloop.glib
from gi.repository import GLib

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.bus.BusConnection(sys.argv[1])
WATCHER = 'org.kde.StatusNotifierWatcher'
ITEM = 'org.kde.StatusNotifierItem'
NOTIFICATIONS = 'org.freedesktop.Notifications'


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


class Notifications(dbus.service.Object):
    count = 0

    @dbus.service.method(NOTIFICATIONS, in_signature='susssasa{sv}i', out_signature='u')
    def Notify(self, app, replaces, icon, title, body, actions, hints, timeout):
        self.count += 1
        print(json.dumps({'title': title, 'body': body}), flush=True)
        return dbus.UInt32(self.count)

    @dbus.service.method(NOTIFICATIONS, out_signature='as')
    def GetCapabilities(self):
        return ['body', 'actions']

    @dbus.service.method(NOTIFICATIONS, out_signature='ssss')
    def GetServerInformation(self):
        return ('test', 'holdfast', '1', '1.2')

    @dbus.service.method(NOTIFICATIONS, in_signature='u')
    def CloseNotification(self, number):
        print(json.dumps({'closed': int(number)}), flush=True)

    @dbus.service.signal(NOTIFICATIONS, signature='us')
    def ActionInvoked(self, number, action):
        pass


# Seconds. A program that shows a notification answers nothing until this panel took it, so nobody waits for the other for long.
LIMIT = 0.5


def menu():
    """The menu's interface and its entries, label to id."""
    name, path = watcher.item
    item = bus.get_object(name, path, introspect=False)
    place = item.Get(ITEM, 'Menu', dbus_interface=dbus.PROPERTIES_IFACE, timeout=LIMIT)
    found = dbus.Interface(bus.get_object(name, place, introspect=False), 'com.canonical.dbusmenu')
    _, (_, _, entries) = found.GetLayout(dbus.Int32(0), dbus.Int32(-1), dbus.Array([], 's'), timeout=LIMIT)
    return found, {str(e[1].get('label', '')): int(e[0]) for e in entries}


shown = None


def look():
    global shown
    if watcher.item is None:
        return True
    try:
        labels = [label for label in menu()[1] if label]
    except dbus.DBusException as error:
        # Otherwise it has no menu yet, or its menu is being replaced.
        if error.get_dbus_name() == 'org.freedesktop.DBus.Error.ServiceUnknown':
            watcher.item = None
        return True
    if labels and labels != shown:
        shown = labels
        print(json.dumps(labels), flush=True)
    return True


def click(source, _condition):
    label = source.readline().strip()
    if not label:
        loop.quit()
        return False
    if label == NOTIFICATIONS:
        notifications.ActionInvoked(dbus.UInt32(notifications.count), 'default')
        return True
    found, ids = menu()
    # Who quits does not answer.
    found.Event(ids[label], 'clicked', dbus.String('', variant_level=1), dbus.UInt32(0), ignore_reply=True)
    return True


name = dbus.service.BusName(WATCHER, bus)
watcher = Watcher(bus, '/StatusNotifierWatcher')
notes_name = dbus.service.BusName(NOTIFICATIONS, bus)
notifications = Notifications(bus, '/org/freedesktop/Notifications')
loop = GLib.MainLoop()
GLib.timeout_add(100, look)
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, click)
print('[]', flush=True)
loop.run()
