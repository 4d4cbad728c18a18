import assert from 'node:assert/strict';
import { test } from 'node:test';
import kafkajs from 'kafkajs';
import { compress as lz4 } from 'lz4js';
import { compress as snappy } from 'snappyjs';
import { registerCodecs } from '../../../src/messaging/kafka/codecs.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const text = 'the quick brown fox '.repeat(20);
const plain = Buffer.from(text);

/** As Java's clients frame it: a header of 16 bytes, then chunks behind their lengths. */
function xerial(...parts: readonly Uint8Array[]): Buffer {
  const header = Buffer.from('82534e415050590000000001000000 01'.replace(' ', ''), 'hex');
  const chunks = parts.flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(part.length);
    return [length, part];
  });
  return Buffer.concat([header, ...chunks]);
}

/** Written by the reference implementation. */
const ZSTANDARD = Buffer.from('KLUv/QRY3QAAoHRoZSBxdWljayBicm93biBmb3ggAQDyTp1MTAq/JA==', 'base64');

const compressed: Record<string, [number, Uint8Array]> = {
  Snappy: [CompressionTypes.Snappy, snappy(plain)],
  'framed Snappy': [
    CompressionTypes.Snappy,
    xerial(snappy(plain.subarray(0, 150)), snappy(plain.subarray(150))),
  ],
  LZ4: [CompressionTypes.LZ4, lz4(plain)],
  Zstandard: [CompressionTypes.ZSTD, ZSTANDARD],
};
registerCodecs();
for (const [name, [type, data]] of Object.entries(compressed)) {
  test(`what others compress with ${name} is read`, async () => {
    const codec = CompressionCodecs[type as keyof typeof CompressionCodecs]();
    const read = await codec.decompress(Buffer.from(data));
    assert.equal(read.toString(), text);
  });
}
