// Serves oidc-provider with a configuration of docs/providers.md: node serve.mjs ISSUER CONFIGURATION.
// Any name and password is somebody; maya is the admin.
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import Provider from 'oidc-provider'

const [issuer, configuration] = process.argv.slice(2)
const { default: settings } = await import(pathToFileURL(configuration))
const roles = (name) => (name === 'maya' ? ['Connector.Admin'] : [])

const provider = new Provider(issuer, {
  ...settings,
  findAccount: (ctx, name) => ({
    accountId: name,
    claims: () => ({
      sub: name, name: `Somebody called ${name}`, preferred_username: `${name}@contoso.example`,
      roles: roles(name), realm_access: { roles: ['offline_access', ...roles(name)] },
    }),
  }),
})
const { hostname, port, pathname } = new URL(issuer)
const below = pathname === '/' ? '' : pathname
const answer = provider.callback()
createServer((request, response) => {
  request.originalUrl = request.url
  request.baseUrl = below
  request.url = request.url.slice(below.length)
  answer(request, response)
}).listen(Number(port), hostname)
