// What other producers compress with. The client can read gzip only, and a batch that it cannot read would end
// the consumer, again and again. We send nothing compressed.
import { decompress as unzstd } from 'fzstd';
import kafkajs from 'kafkajs';
import { decompress as unlz4 } from 'lz4js';
import { uncompress as unsnap } from 'snappyjs';

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** Java's clients cut into chunks what they compress with Snappy, behind this mark. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

/** Lets the client read Snappy, LZ4 and Zstandard; repeatable. */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = reading(readSnappy);
  CompressionCodecs[CompressionTypes.LZ4] = reading(unlz4);
  CompressionCodecs[CompressionTypes.ZSTD] = reading((data) => unzstd(data));
}

function reading(read: (data: Buffer) => Uint8Array) {
  return () => ({
    decompress: async (data: Buffer) => {
      const bytes = read(data);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
  });
}

function readSnappy(data: Buffer): Uint8Array {
  if (!data.subarray(0, XERIAL.length).equals(XERIAL)) return unsnap(data);
  const chunks: Uint8Array[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < data.length; ) {
    const end = at + 4 + data.readInt32BE(at);
    chunks.push(unsnap(data.subarray(at + 4, end)));
    at = end;
  }
  return Buffer.concat(chunks);
}
