// Microsoft's JavaScript client against the embedded Graph, used as its documentation shows: its own authentication,
// retries, telemetry, paging and batching. Each check is printed; one that fails makes the whole fail.
import assert from "node:assert/strict"
import { gzipSync } from "node:zlib"
import graph from "@microsoft/microsoft-graph-client"

const { BatchRequestContent, BatchResponseContent, Client, GraphError, PageIterator } = graph
const { GRAPH_URL, WRITER, READER, EXAMPLE, HOSTED, SYNCED, BUSY } = process.env
const connectors = "/deviceManagement/exchangeConnectors"

// clientFor speaks to the Graph at GRAPH_URL; the token goes there alone.
function clientFor(token, version = "v1.0") {
  return Client.init({
    baseUrl: GRAPH_URL, defaultVersion: version, customHosts: new Set([new URL(GRAPH_URL).hostname]),
    authProvider: (done) => done(null, token),
  })
}

const client = clientFor(WRITER)
const checks = []
const check = (name, run) => checks.push({ name, run })

// refused is the error that a call ends with.
async function refused(call, status, code, text) {
  const error = await call.then(() => assert.fail("it was not refused"), (error) => error)
  assert.ok(error instanceof GraphError, `no GraphError: ${error}`)
  assert.equal(error.statusCode, status)
  assert.equal(error.code, code)
  assert.match(error.message, text)
  assert.equal(error.requestId, error.headers.get("request-id"))
  assert.ok(Math.abs(Date.now() - error.date) < 24 * 3600_000, `date: ${error.date}`)
}

async function everyone(first) {
  const ids = []
  const pages = new PageIterator(client, first, (item) => ids.push(item.id) > 0)
  await pages.iterate()
  assert.ok(pages.isComplete())
  return ids
}

check("list, page by page, in both versions", async () => {
  const count = await client.api(connectors + "/$count").get()
  for (const version of ["v1.0", "beta"]) {
    const first = await client.api(connectors).version(version).get()
    assert.match(first["@odata.nextLink"], new RegExp(`/${version}${connectors}\\?`))
    const ids = await everyone(first)
    assert.equal(new Set(ids).size, ids.length)
    assert.equal(String(ids.length), count)
    assert.ok(ids.length > first.value.length)
  }
})

check("$top, $select, $count and $orderby hold on every page", async () => {
  const first = await client.api(connectors).top(7).select(["id", "exchangeAlias"]).count(true).orderby("exchangeAlias desc").get()
  assert.equal(first.value.length, 7)
  assert.deepEqual(Object.keys(first.value[0]), ["id", "exchangeAlias"])
  const aliases = []
  await new PageIterator(client, first, (item) => aliases.push(item.exchangeAlias ?? "") > 0).iterate()
  assert.equal(aliases.length, first["@odata.count"])
  assert.deepEqual(aliases, aliases.toSorted((a, b) => Buffer.compare(Buffer.from(b), Buffer.from(a))))
})

check("$filter finds what it says, and $skip leaves out", async () => {
  const all = await client.api(connectors).top(500).get()
  const wanted = all.value.filter((c) => c.status === "connected" && c.exchangeOrganization.includes("Contoso")).map((c) => c.id)
  assert.ok(wanted.length > 1)
  const filter = "status eq 'connected' and contains(exchangeOrganization,'Contoso')"
  assert.deepEqual(await everyone(await client.api(connectors).filter(filter).top(2).get()), wanted)
  assert.deepEqual(await everyone(await client.api(connectors).filter(filter).skip(1).get()), wanted.slice(1))
  const old = await client.api(connectors).filter("lastSyncDateTime lt 2020-01-01T00:00:00Z and not (exchangeConnectorType eq 'hosted')").top(500).get()
  assert.ok(old.value.length > 0 && old.value.every((c) => new Date(c.lastSyncDateTime) < Date.UTC(2020)))
})

check("get, by a plain and by a quoted key", async () => {
  const plain = await client.api(`${connectors}/${EXAMPLE}`).get()
  const quoted = await client.api(`${connectors}('${EXAMPLE}')`).version("beta").select("id").get()
  assert.equal(plain.serverName, "Server Name value")
  assert.deepEqual([plain.id, quoted.id, quoted.serverName], [EXAMPLE, EXAMPLE, undefined])
})

// The body of the reference page's example.
const example = {
  lastSyncDateTime: "2017-01-01T00:02:49.3205976-08:00", status: "connectionPending", primarySmtpAddress: "Primary Smtp Address value",
  serverName: "Server Name value", connectorServerName: "Connector Server Name value", exchangeConnectorType: "hosted",
  version: "Version value", exchangeAlias: "Exchange Alias value", exchangeOrganization: "Exchange Organization value",
}

check("PATCH of the reference page's example, without and with its type", async () => {
  for (const type of [{}, { "@odata.type": "#microsoft.graph.deviceManagementExchangeConnector" }]) {
    const { "@odata.context": context, ...answer } = await client.api(`${connectors}/${HOSTED}`).version("beta").patch({ ...type, ...example })
    assert.match(context, /\/\$metadata#deviceManagement\/exchangeConnectors\/\$entity$/)
    assert.deepEqual(answer, { id: HOSTED, ...example })
  }
  assert.equal(await client.api(`${connectors}/${HOSTED}`).header("Prefer", "return=minimal").patch({ version: null }), undefined)
  assert.equal((await client.api(`${connectors}/${HOSTED}`).get()).version, null)
})

check("a body packed with gzip", async () => {
  const packed = gzipSync(JSON.stringify({ version: "Version value" }))
  const answer = await client.api(`${connectors}/${HOSTED}`).headers({ "Content-Encoding": "gzip", "Content-Type": "application/json" }).patch(packed)
  assert.equal(answer.version, "Version value")
})

check("sync, by its plain and by its qualified name", async () => {
  assert.equal(await client.api(`${connectors}/${SYNCED}/sync`).post({ syncType: "fullSync" }), undefined)
  assert.equal(await client.api(`${connectors}('${SYNCED}')/microsoft.graph.sync`).post({ syncType: "deltaSync" }), undefined)
})

check("POST creates, DELETE removes", async () => {
  const created = await client.api(connectors).post(example)
  assert.match(created.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  assert.equal((await client.api(connectors).filter(`id eq '${created.id}'`).get()).value.length, 1)
  assert.equal(await client.api(`${connectors}/${created.id}`).delete(), undefined)
  await refused(client.api(`${connectors}/${created.id}`).get(), 404, "ResourceNotFound", /An error has occurred/)
})

check("errors, with their code and ids", async () => {
  await refused(client.api(connectors).filter("status eq").get(), 400, "BadRequest", /^Invalid filter clause/)
  await refused(client.api(connectors).select("colour").get(), 400, "BadRequest", /'colour'/)
  await refused(client.api(`${connectors}/${HOSTED}`).patch({ status: "offline" }), 400, "ModelValidationFailure", /'offline' was not found/)
  await refused(client.api(connectors).version("v2.0").get(), 404, "ResourceNotFound", /Invalid version/)
  await refused(clientFor("made.up.token").api(connectors).get(), 401, "InvalidAuthenticationToken", /IDX10223/)
  await refused(clientFor(READER).api(`${connectors}/${HOSTED}`).patch({ version: "2" }), 403, "Forbidden", /ReadWrite\.All/)
})

check("a throttled call is made again by the client", async () => {
  assert.equal((await client.api(`${connectors}/${BUSY}`).get()).id, BUSY)
})

check("a batch, each part with its own answer", async () => {
  const part = (id, path, options) => ({ id, request: new Request("https://graph.microsoft.com" + path, options) })
  const batch = new BatchRequestContent([
    part("one", `${connectors}/${EXAMPLE}`),
    part("two", `${connectors}/${HOSTED}`, { method: "PATCH", headers: { "Content-Type": "application/json" }, body: '{"exchangeAlias":"batched"}' }),
    part("none", `${connectors}/nobody`),
  ])
  const answers = new BatchResponseContent(await client.api("/$batch").post(await batch.getContent()))
  assert.equal((await answers.getResponseById("one").json()).id, EXAMPLE)
  assert.equal((await answers.getResponseById("two").json()).exchangeAlias, "batched")
  assert.equal(answers.getResponseById("none").status, 404)
})

let failed = 0
for (const { name, run } of checks) {
  try {
    await run()
    console.log(`ok    ${name}`)
  } catch (error) {
    failed++
    console.log(`FAIL  ${name}\n${error.stack}`)
  }
}
console.log(`${checks.length - failed} of ${checks.length} checks hold`)
process.exitCode = failed === 0 && checks.length > 0 ? 0 : 1
