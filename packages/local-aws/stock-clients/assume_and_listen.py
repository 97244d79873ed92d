#!/usr/bin/env python3
"""What a Python script that vends credentials by itself does, on stock libraries: boto3, and paho-mqtt or awscrt.

    assume_and_listen.py libraries
    assume_and_listen.py assume ROLE_ARN TOPIC         AssumeRole with a session policy that this script wrote
    assume_and_listen.py listen URL TOPIC              credentials from the vendor, then MQTT over a signed WebSocket:
                                                       subscribe, publish, wait for the message to come back
        --library paho|awscrt   --mqtt 3|5   --publish-to TOPIC   --client-id ID   --tamper

Keys, region, endpoints and CA bundle are taken from the environment, as `pnpm local --env` prints them. Ends with 0 when
everything was allowed, and with 1 and the reason on stderr when something was refused. Secrets are never printed.
"""

import argparse
import json
import os
import queue
import ssl
import sys
import urllib.error
import urllib.request
from urllib.parse import quote, urlsplit
from uuid import uuid4

TIMEOUT_SECONDS = 20
REGION = os.environ.get("AWS_REGION", "us-east-1")
CA_BUNDLE = os.environ.get("AWS_CA_BUNDLE")


class Refused(Exception):
    """Something was not allowed. The text says what, and in whose words."""


def libraries(_):
    """Versions of what is installed here, null for what is not."""
    found = {}
    for name in ("boto3", "paho.mqtt", "awscrt"):
        try:
            module = __import__(name, fromlist=["__version__"])
            found[name] = getattr(module, "__version__", "?")
        except ImportError:
            found[name] = None
    return json.dumps(found)


def assume(arguments):
    import boto3
    from botocore.exceptions import ClientError

    account = arguments.role.split(":")[4]
    arn = f"arn:aws:iot:{REGION}:{account}:"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
            {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": f"{arn}topic/{arguments.topic}"},
            {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": f"{arn}topicfilter/{arguments.topic}"},
        ],
    }
    # boto3 reads the variable by itself from 1.28 on.
    sts = boto3.client("sts", endpoint_url=os.environ.get("AWS_ENDPOINT_URL_STS"))
    try:
        answer = sts.assume_role(
            RoleArn=arguments.role, RoleSessionName="session", Policy=json.dumps(policy)
        )
    except ClientError as error:
        raise Refused(str(error)) from error
    return answer["AssumedRoleUser"]["Arn"]


def vend(url, grants):
    """Asks the vendor: a POST that is signed with the caller's own keys."""
    import boto3
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    keys = boto3.Session().get_credentials().get_frozen_credentials()
    request = AWSRequest("POST", url, data=json.dumps(grants), headers={"content-type": "application/json"})
    SigV4Auth(keys, "execute-api", REGION).add_auth(request)
    prepared = urllib.request.Request(url, request.data.encode(), dict(request.headers), method="POST")
    try:
        with urllib.request.urlopen(prepared, context=ssl.create_default_context(cafile=CA_BUNDLE)) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(f"the vendor answers {error.code}: {error.read().decode()}") from error


def presign(endpoint, region, credentials):
    """Path and query of the WebSocket. AWS IoT wants the session token appended to the signed query, not signed."""
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    keys = Credentials(credentials["accessKeyId"], credentials["secretAccessKey"])
    request = AWSRequest("GET", f"https://{endpoint}/mqtt")
    SigV4QueryAuth(keys, "iotdevicegateway", region, expires=300).add_auth(request)
    token = quote(credentials["sessionToken"], safe="")
    return f"/mqtt?{urlsplit(request.url).query}&X-Amz-Security-Token={token}"


class Events(queue.Queue):
    """The events of the libraries' threads, in order."""

    def expect(self, kind):
        try:
            found, value = self.get(timeout=TIMEOUT_SECONDS)
        except queue.Empty as error:
            raise TimeoutError(f"no {kind} within {TIMEOUT_SECONDS} s") from error
        if found == "closed":
            raise Refused(f"the connection was closed before {kind} ({value})")
        return value if found == kind else self.expect(kind)


def with_paho(vended, client_id, arguments):
    import paho.mqtt.client as paho

    host, port = vended["endpoint"].split(":") if ":" in vended["endpoint"] else (vended["endpoint"], 443)
    settings = {
        "client_id": client_id,
        "transport": "websockets",
        "protocol": paho.MQTTv5 if arguments.mqtt == 5 else paho.MQTTv311,
    }
    # paho-mqtt 2 requires the callback version; version 1 has only one.
    versions = getattr(paho, "CallbackAPIVersion", None)
    client = paho.Client(versions.VERSION2, **settings) if versions else paho.Client(**settings)
    events = Events()
    client.on_connect = lambda _client, _data, _flags, code, *_: events.put(("CONNACK", code))
    client.on_subscribe = lambda _client, _data, _id, codes, *_: events.put(("SUBACK", codes[0]))
    client.on_message = lambda _client, _data, message: events.put(("message", message.payload.decode()))
    client.on_disconnect = lambda _client, _data, *codes: events.put(("closed", codes[1 if versions else 0]))
    client.ws_set_options(
        path=presign(vended["endpoint"], vended["region"], vended["credentials"]), headers={"Host": vended["endpoint"]}
    )
    client.tls_set(ca_certs=CA_BUNDLE)
    try:
        client.connect(host, int(port), keepalive=60)
    except paho.WebsocketConnectionError as error:
        raise Refused(f"the WebSocket was refused ({error})") from error
    client.loop_start()
    number = lambda code: getattr(code, "value", code)
    code = events.expect("CONNACK")
    if number(code) != 0:
        raise Refused(f"CONNACK {number(code):#04x} ({code})")
    client.subscribe(arguments.topic, qos=1)
    code = events.expect("SUBACK")
    if number(code) >= 0x80:
        raise Refused(f"SUBACK {number(code):#04x} ({code})")
    text = str(uuid4())
    client.publish(arguments.publish_to or arguments.topic, text, qos=1)
    while events.expect("message") != text:
        pass
    client.disconnect()


def with_awscrt(vended, client_id, arguments):
    from awscrt import auth, exceptions, io, mqtt

    if arguments.mqtt == 5:
        sys.exit("--library awscrt is for --mqtt 3 here")
    host, port = vended["endpoint"].split(":") if ":" in vended["endpoint"] else (vended["endpoint"], 443)
    keys = vended["credentials"]
    provider = auth.AwsCredentialsProvider.new_static(
        keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"]
    )

    def sign(transform_args):
        signing = auth.AwsSigningConfig(
            algorithm=auth.AwsSigningAlgorithm.V4,
            signature_type=auth.AwsSignatureType.HTTP_REQUEST_QUERY_PARAMS,
            credentials_provider=provider,
            region=vended["region"],
            service="iotdevicegateway",
            omit_session_token=True,
        )
        signed = auth.aws_sign_request(transform_args.http_request, signing)
        signed.add_done_callback(lambda future: transform_args.set_done(future.exception()))

    events = Events()
    trust = io.TlsContextOptions()
    if CA_BUNDLE:
        trust.override_default_trust_store_from_path(None, CA_BUNDLE)
    group = io.EventLoopGroup(1)
    bootstrap = io.ClientBootstrap(group, io.DefaultHostResolver(group))
    connection = mqtt.Connection(
        client=mqtt.Client(bootstrap, io.ClientTlsContext(trust)),
        host_name=host,
        port=int(port),
        client_id=client_id,
        clean_session=True,
        keep_alive_secs=60,
        use_websockets=True,
        websocket_handshake_transform=sign,
        on_connection_interrupted=lambda error, **_: events.put(("closed", error)),
    )
    try:
        connection.connect().result(TIMEOUT_SECONDS)
    except exceptions.AwsCrtError as error:
        raise Refused(f"the connection was refused ({error.name})") from error
    granted, _ = connection.subscribe(
        arguments.topic, mqtt.QoS.AT_LEAST_ONCE, lambda payload, **_: events.put(("message", bytes(payload).decode()))
    )
    granted.add_done_callback(lambda future: events.put(("SUBACK", future.exception())))
    error = events.expect("SUBACK")
    if error:
        raise Refused(f"SUBSCRIBE was refused ({error})")
    text = str(uuid4())
    connection.publish(arguments.publish_to or arguments.topic, text, mqtt.QoS.AT_LEAST_ONCE)
    while events.expect("message") != text:
        pass
    connection.disconnect().result(TIMEOUT_SECONDS)


def listen(arguments):
    vended = vend(arguments.url, {})
    if arguments.tamper:
        vended["credentials"]["secretAccessKey"] = vended["credentials"]["secretAccessKey"][::-1]
    client_id = arguments.client_id or vended["clientIdPrefix"] + uuid4().hex[:8]
    {"paho": with_paho, "awscrt": with_awscrt}[arguments.library](vended, client_id, arguments)
    return f"{vended['userId']} got back what it published to {arguments.publish_to or arguments.topic}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("libraries").set_defaults(run=libraries)
    command = commands.add_parser("assume")
    command.add_argument("role")
    command.add_argument("topic")
    command.set_defaults(run=assume)
    command = commands.add_parser("listen")
    command.add_argument("url")
    command.add_argument("topic")
    command.add_argument("--library", choices=["paho", "awscrt"], default="paho")
    command.add_argument("--mqtt", type=int, choices=[3, 5], default=3)
    command.add_argument("--publish-to")
    command.add_argument("--client-id")
    command.add_argument("--tamper", action="store_true", help="sign with a wrong secret key")
    command.set_defaults(run=listen)
    arguments = parser.parse_args()
    try:
        print(arguments.run(arguments))
        code = 0
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    # The libraries' own threads would keep connecting.
    os._exit(code)


if __name__ == "__main__":
    main()
