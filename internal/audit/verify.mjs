// Checks an exported change record without Switchboard: node verify.mjs RECORD.ndjson PUBLIC_KEY [INCLUSION.ndjson]
// Each line's hash, the RFC 6962 tree over the lines (or each line's inclusion proof), and the Ed25519 signature (C2SP signed note).
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [, , file, key, proofs] = process.argv
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()
const node = (left, right) => sha256(Buffer.from([1]), left, right)
const fail = (message) => { console.error(message); process.exit(1) }
const read = (path) => readFileSync(path, 'utf8').replace(/\n$/, '').split('\n')

const lines = read(file)
const signed = JSON.parse(lines.pop()).checkpoint
const leaves = lines.map((line, i) => {
  const [, text, hash] = line.match(/^(.*),"hash":"([^"]*)"}$/s) ?? fail(`line ${i + 1} has no hash`)
  const leaf = sha256(Buffer.from([0]), Buffer.from(text + '}'))
  return leaf.toString('base64') === hash ? leaf : fail(`line ${i + 1} was changed`)
})

const text = signed.slice(0, signed.indexOf('\n\n') + 1)
const [origin, size, root] = text.split('\n')
const [, name, hash, data] = key.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/) ?? fail('this is no public key')
const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(data, 'base64').subarray(1)])
const signature = signed.split('\n').filter((line) => line.startsWith(`— ${name} `)).map((line) => Buffer.from(line.split(' ')[2], 'base64'))
  .find((bytes) => bytes.subarray(0, 4).toString('hex') === hash) ?? fail('the checkpoint is not signed by this key')
if (!verify(null, Buffer.from(text), createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature.subarray(4))) fail('the signature is wrong')

const tree = (from, to) => { // RFC 6962, section 2.1
  if (to - from < 2) return leaves[from] ?? sha256()
  const split = from + 2 ** Math.ceil(Math.log2(to - from) - 1)
  return node(tree(from, split), tree(split, to))
}
const climb = (leaf, index, last, path) => { // RFC 9162, section 2.1.3.2
  for (const hash of path.map((hash) => Buffer.from(hash, 'base64'))) {
    if (index % 2 || index === last) {
      leaf = node(hash, leaf)
      while (index % 2 === 0 && index) [index, last] = [index / 2, Math.floor(last / 2)]
    } else leaf = node(leaf, hash);
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)]
  }
  return last === 0 ? leaf : null
}
const is = (hash) => hash?.toString('base64') === root
if (proofs) {
  const proven = read(proofs).filter(Boolean).map((line) => JSON.parse(line))
  if (proven.length !== lines.length) fail(`there are ${proven.length} proofs for ${lines.length} lines`)
  proven.forEach(({ seq, proof }, i) => {
    if (JSON.parse(lines[i]).seq !== seq || !is(climb(leaves[i], seq - 1, size - 1, proof))) fail(`line ${i + 1} (seq ${seq}) is not in the record`)
  })
} else if (lines.length !== Number(size) || !is(tree(0, lines.length))) fail('these are not the lines of the checkpoint')
console.log(`${origin}: ${lines.length} of ${size} lines are as they were signed`)
