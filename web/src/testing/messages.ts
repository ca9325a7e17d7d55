import type { Letter, Message, Rules, Template } from '@/api/client'

const HOUR = 3_600_000
const BODY = 'Dear {name}, please open the app. {opt_out}'

export const TEXTS: Template[] = [
  { name: 'sync', language: 'de', version: 0, subject: 'Bitte öffnen', body: BODY },
  { name: 'sync', language: 'en', version: 2, subject: 'Please open the app', body: BODY },
  { name: 'wear', language: 'en', version: 0, subject: 'Please wear it', body: BODY },
]

export const RULES: Rules = {
  study: 'DEMO',
  caps: '1/24h 2/4d 4/10d',
  quiet: '20:00-09:00',
  language: 'en',
  automation: false,
}

export const PLACES = { name: 'how they want to be addressed', opt_out: 'the link that stops' }

const message = (id: number, participant: string, more: Partial<Message>): Message => ({
  id,
  participant,
  study: 'DEMO',
  template: 'sync',
  language: 'en',
  version: 2,
  cause: 'by hand',
  state: 'sent',
  queued_by: 'ada',
  queued_at: '2026-11-20T09:00:00Z',
  due_at: '2026-11-20T09:00:00Z',
  finished_at: '2026-11-20T09:00:05Z',
  detail: '',
  synced_after_h: null,
  told: true,
  ...more,
})

export const LOG: Message[] = [
  message(4, 'P-004', { state: 'bounced', detail: '550 no such person' }),
  message(3, 'P-003', { told: false }),
  message(2, 'P-002', {}),
  message(1, 'P-001', { synced_after_h: 5 }),
]

/** The first goes now, the second later, all others are held back. */
export const letters = (codes: string[], now: number): Letter[] =>
  codes.map((participant, n) => ({
    participant,
    verdict: ['now', 'later'][n] ?? 'held',
    at: n < 2 ? new Date(now + n * HOUR).toISOString() : null,
    reason: ['', 'it is night where they are'][n] ?? 'has no e-mail address',
    until: null,
  }))

interface Asked {
  participants?: string[]
  draft?: { subject: string; body: string }
  language?: string
  subject?: string
  body?: string
  automation?: boolean
}

/** What is known of the messages; tests that change something look here. */
export interface Held {
  rules: Rules
  texts: Template[]
  out: string[]
}

export const held = (): Held => ({ rules: { ...RULES }, texts: [...TEXTS], out: ['P-009'] })

/** What questions about messages are answered with; null if something else is asked for. */
export async function answer(
  path: string,
  request: Request,
  known: Held,
  now: number,
): Promise<unknown> {
  const { method } = request
  const body: Asked = method === 'GET' ? {} : await request.clone().json()
  const [name] = path.match(/[^/]+$/) ?? ['']
  if (path === '/messages') return LOG
  if (path === '/messages/places') return PLACES
  if (path === '/messages/send') return letters(body.participants ?? [], now)
  if (path === '/messages/preview' || path === '/messages/test') {
    return body.draft ?? { subject: 'Please open the app', body: 'Dear Robin' }
  }
  if (path === '/messages/rules') {
    if (method === 'PUT') Object.assign(known.rules, body)
    return known.rules
  }
  if (path === '/messages/outcomes') {
    return [{ template: 'sync', sent: 3, within_24h: 1, within_72h: 1, untold: 1 }]
  }
  if (path === '/messages/opted-out') {
    return known.out.map((participant) => ({ participant, since: '2026-11-01T10:00:00Z' }))
  }
  if (path.startsWith('/messages/opted-out/')) {
    known.out = known.out.filter((code) => code !== name)
    return {}
  }
  if (path === '/messages/templates') return known.texts
  if (path.startsWith('/messages/templates/')) {
    const { language = 'en', subject = '', body: text = '' } = body
    const before = known.texts.find((one) => one.name === name && one.language === language)
    const kept = { name, language, subject, body: text, version: (before?.version ?? 0) + 1 }
    known.texts = [...known.texts.filter((one) => one !== before), kept]
    return kept
  }
  if (path === '/studies/DEMO' && method === 'PATCH') {
    known.rules.automation = body.automation ?? known.rules.automation
    return {}
  }
  return null
}
