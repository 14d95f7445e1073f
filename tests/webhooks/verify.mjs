// Reads lines of JSON {secret, body (base64), headers}; says of each whether its signature is good.
// The first argument is the folder of installed packages.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { Webhook } = createRequire(`${process.argv[2]}/`)("standardwebhooks");

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, body, headers } = JSON.parse(line);
  try {
    new Webhook(secret).verify(Buffer.from(body, "base64"), headers);
    console.log(JSON.stringify({ verified: true }));
  } catch (error) {
    console.log(JSON.stringify({ verified: false, reason: error.message }));
  }
}
