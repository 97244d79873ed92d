# The article's program up to its first message: boto3 for the credentials, awscrt for MQTT 3.1.1. The code of
# awsiot.mqtt_connection_builder for these settings is inlined, because Debian has awscrt but not awsiot.
import time

moments = {"begun": time.time() * 1000}
import json
import os
import threading
from uuid import uuid4

import boto3
from awscrt import auth, http, io, mqtt

moments["imported"] = time.time() * 1000
target = json.loads(os.environ["TARGET"])
arn = "arn:aws:iot:*:*"
policy = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Action": "iot:Connect", "Effect": "Allow", "Resource": "*"},
            {"Action": ["iot:Publish", "iot:Receive"], "Effect": "Allow", "Resource": f"{arn}:topic/test"},
            {"Action": ["iot:Subscribe"], "Effect": "Allow", "Resource": f"{arn}:topicfilter/test"},
        ],
    }
)
client = boto3.client("sts", endpoint_url=os.environ["AWS_ENDPOINT_URL_STS"])
credentials = client.assume_role(
    RoleArn=os.environ["ROLE_ARN"], RoleSessionName="test-" + str(uuid4()), Policy=policy
)["Credentials"]
moments["vended"] = time.time() * 1000

provider = auth.AwsCredentialsProvider.new_static(
    access_key_id=credentials["AccessKeyId"],
    secret_access_key=credentials["SecretAccessKey"],
    session_token=credentials["SessionToken"],
)


def sign(transform_args, **kwargs):
    config = auth.AwsSigningConfig(
        algorithm=auth.AwsSigningAlgorithm.V4,
        signature_type=auth.AwsSignatureType.HTTP_REQUEST_QUERY_PARAMS,
        credentials_provider=provider,
        region=target["region"],
        service="iotdevicegateway",
        omit_session_token=True,
    )
    future = auth.aws_sign_request(http_request=transform_args.http_request, signing_config=config)
    future.add_done_callback(lambda result: transform_args.set_done(result.exception()))


bootstrap = io.ClientBootstrap(io.EventLoopGroup(1), io.DefaultHostResolver(io.EventLoopGroup(1)))
tls = io.TlsContextOptions()
tls.override_default_trust_store(target["ca"].encode())
connection = mqtt.Connection(
    client=mqtt.Client(bootstrap, io.ClientTlsContext(tls)),
    host_name=target["endpoint"],
    port=target["port"],
    client_id=target["suffix"],
    clean_session=False,
    keep_alive_secs=30,
    use_websockets=True,
    websocket_handshake_transform=sign,
)
connection.connect().result()
moments["connack"] = time.time() * 1000
received = threading.Event()


def on_message(topic, payload, **kwargs):
    moments["message"] = time.time() * 1000
    received.set()


subscribed, _ = connection.subscribe(topic="test", qos=mqtt.QoS.AT_LEAST_ONCE, callback=on_message)
subscribed.result()
moments["suback"] = time.time() * 1000
connection.publish(topic="test", payload="hello", qos=mqtt.QoS.AT_LEAST_ONCE)
received.wait(10)
print(json.dumps(moments), flush=True)
os._exit(0)
