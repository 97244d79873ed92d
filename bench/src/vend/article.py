# The article's calls, timed like the others in stopwatch.ts: import and first call, then warm calls without waiting time.
import time

began = time.perf_counter()
import json
import os
import sys
from uuid import uuid4

import boto3

imported = time.perf_counter()
policy = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Action": "iot:Connect", "Effect": "Allow", "Resource": "*"},
            {"Action": ["iot:Publish", "iot:Receive"], "Effect": "Allow", "Resource": "arn:aws:iot:*:*:topic/test"},
            {"Action": ["iot:Subscribe"], "Effect": "Allow", "Resource": "arn:aws:iot:*:*:topicfilter/test"},
        ],
    }
)
# boto3 before 1.28 does not support AWS_ENDPOINT_URL_STS.
client = boto3.client("sts", endpoint_url=os.environ["AWS_ENDPOINT_URL_STS"])


def vend():
    response = client.assume_role(
        RoleArn=os.environ["ROLE_ARN"], RoleSessionName="test-" + str(uuid4()), Policy=policy
    )
    return response["Credentials"]


vend()
vended = time.perf_counter()

waited = 0.0
session = client._endpoint.http_session
send = session.send


def timed(request):
    global waited
    start = time.perf_counter()
    try:
        return send(request)
    finally:
        waited += time.perf_counter() - start


session.send = timed
warm = []
for _ in range(int(sys.argv[1])):
    waited = 0.0
    start = time.perf_counter()
    vend()
    warm.append((time.perf_counter() - start - waited) * 1000)
print(
    json.dumps(
        {
            "import": (imported - began) * 1000,
            "vended": (vended - began) * 1000,
            "warm": warm,
            "version": boto3.__version__,
        }
    )
)
