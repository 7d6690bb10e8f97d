// What load.sh connect measures of wsn, of HyperDHT: nodes, a server and one client after the other in this process;
// from the server's key to the open stream, and to the first 32 bytes that came back.
// usage: NODE_PATH=…/node_modules node connect.cjs NODES CONNECTIONS WARM_UP
const createTestnet = require('hyperdht/testnet')
const DHT = require('hyperdht')

const [nodes, connections, warmUp] = process.argv.slice(2).map(Number)
const LATE_MILLIS = 10_000
const millis = () => Number(process.hrtime.bigint()) / 1e6
const quantile = (values, part) =>
  +values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))].toFixed(2)

function once(stream, event) {
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(`no ${event}`)), LATE_MILLIS)
    stream.once(event, () => {
      clearTimeout(late)
      done()
    })
    stream.once('error', failed)
  })
}

async function main() {
  const network = await createTestnet(nodes, { host: '127.0.0.1' })
  const server = network.createNode().createServer({}, stream => {
    stream.on('error', () => {})
    stream.on('data', bytes => stream.write(bytes))
  })
  const keys = DHT.keyPair()
  await server.listen(keys)
  const open = []
  const answered = []
  for (let i = -warmUp; i < connections; i++) {
    const client = network.createNode()
    await client.fullyBootstrapped()
    const start = millis()
    const stream = client.connect(keys.publicKey)
    await once(stream, 'open')
    const opened = millis() - start
    stream.write(Buffer.alloc(32))
    await once(stream, 'data')
    if (i >= 0) {
      open.push(opened)
      answered.push(millis() - start)
    }
    stream.on('error', () => {})
    stream.destroy()
    await client.destroy()
    network.nodes.splice(network.nodes.indexOf(client), 1)
  }
  console.log(JSON.stringify({
    peer: 'hyperdht',
    nodes,
    connections,
    open_p50_ms: quantile(open, 0.5),
    open_p99_ms: quantile(open, 0.99),
    first_message_p50_ms: quantile(answered, 0.5),
    first_message_p99_ms: quantile(answered, 0.99),
  }))
  process.exit(0)
}

main()
