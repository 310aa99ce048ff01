import type { FastifyInstance, FastifyReply } from 'fastify'
import * as z from 'zod'
import { parseDuration } from '../support/duration.ts'
import type { Knock } from './guard.ts'
import type { CommandOutcome, HealthView } from './ports.ts'
import type { WebParts } from './server.ts'

/** What a route asks of who comes; unknown routes ask for the token, so that nothing can be probed without it. */
export type AccessOf = (route: string | undefined) => Knock['access']

const ACCESS: Readonly<Record<string, Knock['access']>> = {
  '/-/healthy': 'open',
  '/-/ready': 'open',
  '/status': 'read',
  '/metrics': 'read',
}

/** Durations as people write them, or nothing for "until resumed". */
const forText = z
  .string()
  .max(20)
  .transform((text, context) => {
    const ms = parseDuration(text)
    if (ms !== null && ms > 0) return ms
    context.issues.push({ code: 'custom', input: text, message: 'not a duration' })
    return z.NEVER
  })
const pauseBody = z.strictObject({ chat: z.string().max(200).optional(), for: forText.optional() })
const resumeBody = z.strictObject({ chat: z.string().max(200).optional() })

/** Adds every route and returns who may use each. */
export function addRoutes(app: FastifyInstance, parts: WebParts): AccessOf {
  const { views, commands, metrics } = parts
  app.get('/-/healthy', (_request, reply) => sendHealth(reply, views.health()))
  app.get('/-/ready', (_request, reply) => sendHealth(reply, views.readiness()))
  app.get('/status', async () => views.status())
  app.get('/metrics', async (_request, reply) => {
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text())
  })
  app.post('/-/reload', async (_request, reply) => sendOutcome(reply, await commands.reload()))
  app.post('/-/pause', async (request, reply) => {
    const body = pauseBody.safeParse(request.body ?? {})
    if (!body.success) return reply.code(400).send({ error: 'bad-request', id: request.id })
    const { chat = null, for: forMs = null } = body.data
    return sendOutcome(reply, await commands.pause({ chat, forMs }))
  })
  app.post('/-/resume', async (request, reply) => {
    const body = resumeBody.safeParse(request.body ?? {})
    if (!body.success) return reply.code(400).send({ error: 'bad-request', id: request.id })
    return sendOutcome(reply, await commands.resume({ chat: body.data.chat ?? null }))
  })
  return (route) => ACCESS[route ?? ''] ?? 'token'
}

function sendHealth(reply: FastifyReply, health: HealthView): FastifyReply {
  return reply.code(health.isOk ? 200 : 503).send({ ok: health.isOk, reasons: health.reasons })
}

function sendOutcome(reply: FastifyReply, outcome: CommandOutcome): FastifyReply {
  if (outcome.kind === 'done') return reply.send({ ok: true, message: outcome.message })
  return reply.code(409).send({ ok: false, error: outcome.code, message: outcome.message })
}
