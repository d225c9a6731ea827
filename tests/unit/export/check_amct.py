"""Read a quant.cfg with protobuf's own text parser, by a message that has the fields that mmtui knows of: check_amct.py FILE
(prints the names as JSON, ASCII)."""

import json
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

file = descriptor_pb2.FileDescriptorProto(name="amct.proto", package="amct", syntax="proto2")
message = file.message_type.add(name="Config")
for number, name in enumerate(["skip_layers", "skip_layer_types"], 1):
    message.field.add(name=name, number=number, label=3, type=9)  # repeated string
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
factory = message_factory.MessageFactory(pool)
config = factory.GetPrototype(pool.FindMessageTypeByName("amct.Config"))()
with open(sys.argv[1], encoding="utf-8") as text:
    text_format.Parse(text.read(), config)
assert not config.skip_layer_types
print(json.dumps(sorted(config.skip_layers)))
