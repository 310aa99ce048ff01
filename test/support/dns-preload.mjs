// Stands for the world outside the program: every WeChat host name resolves to loopback, and port 443 there is the
// port of a test server. While the file TEST_DNS_TROUBLE exists, names fail with the code in it, or never resolve (`slow`).
// Loaded by `--import`; the program itself is untouched.
import dns from 'node:dns'
import { existsSync, readFileSync } from 'node:fs'
import net from 'node:net'

const PORT = Number(process.env.TEST_HTTPS_PORT)
const HOSTS = /(^|\.)(qq\.com|wechat\.com)$/

const TROUBLE = process.env.TEST_DNS_TROUBLE ?? ''

/** True when the lookup was answered with trouble, or never will be. */
function troubled(host, done) {
  if (TROUBLE === '' || !existsSync(TROUBLE)) return false
  const code = readFileSync(TROUBLE, 'utf8')
  if (code !== 'slow')
    process.nextTick(done, Object.assign(new Error(`getaddrinfo ${code} ${host}`), { code }))
  return true
}

const realLookup = dns.lookup
dns.lookup = (host, options, callback) => {
  const done = typeof options === 'function' ? options : callback
  const wanted = typeof options === 'object' && options !== null ? options : {}
  if (!HOSTS.test(host)) return realLookup(host, options, callback)
  if (troubled(host, done)) return
  if (wanted.all) return process.nextTick(done, null, [{ address: '127.0.0.1', family: 4 }])
  return process.nextTick(done, null, '127.0.0.1', 4)
}

const realConnect = net.Socket.prototype.connect
net.Socket.prototype.connect = function connect(...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (
    typeof options === 'object' &&
    options !== null &&
    HOSTS.test(options.host ?? '') &&
    Number(options.port) === 443
  ) {
    options.port = PORT
    options.lookup ??= dns.lookup
  }
  return realConnect.apply(this, args)
}
