import type { DeskLine, Key, Right, Series, User } from '@/api/client'
import * as access from './access'
import * as desk from './desk'
import * as ingestion from './grants'
import * as imputation from './imputation'
import { withImputed } from './imputed-series'
import * as messages from './messages'
import * as overview from './overview'
import * as person from './person'
import * as records from './records'
import * as made from './study'

/** What the mock study knows; tests change it before they render. */
export interface Setting {
  now: number
  participants: number
  signedIn: boolean
  /** Paths that the server refuses, with the sentence it gives. */
  refusing: Record<string, string>
  rights: Right[]
  /** What became of a replay that was asked for. */
  replayed: string | null
  /** Whether the second factor is asked for beside the password. */
  coded: boolean
  /** Whether the audit trail is as it was written. */
  sound: boolean
  /** Texts, rules and who opted out, where a test is about messages. */
  messages: messages.Held | null
  users: User[]
  keys: Key[]
  /** What was seen to, by code. */
  handled: Record<string, DeskLine['handled']>
  /** Whether nobody needs anything. */
  calm: boolean
}

export const setting = (): Setting => ({
  now: Date.now(),
  participants: 40,
  signedIn: true,
  refusing: {},
  rights: ['read', 'read_ingestion', 'load', 'manage_grants'],
  replayed: null,
  coded: false,
  sound: true,
  messages: null,
  users: access.USERS,
  keys: access.KEYS,
  handled: {},
  calm: false,
})

const json = (body: unknown, status = 200) =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
  })

const problem = (status: number, title: string, detail: string) =>
  json({ type: 'about:blank', title, status, detail, request: '9f0c' }, status)

const edge = (text: string | null) => Date.parse(text ?? '')

async function session(request: Request, current: Setting): Promise<Response> {
  const { method } = request
  if (method === 'POST') {
    const said: { code?: string; password?: string } = await request.clone().json()
    if (said.password === 'wrong') return problem(401, 'Unauthorized', 'The password is wrong.')
    if (current.coded && said.password && !said.code) return access.codeWanted()
    current.signedIn = true
  }
  if (method === 'DELETE') current.signedIn = false
  if (method !== 'GET') return json(null, 204)
  return current.signedIn
    ? json({
        name: 'Ada',
        role: 'coordinator',
        rights: current.rights,
        places: null,
        own: true,
      })
    : problem(401, 'Not signed in', 'Sign in first.')
}

function timed(path: string, query: URLSearchParams, current: Setting): Response {
  const people = query
    .getAll('participant')
    .map((code) => made.participant(Number(code.slice(2)) - 1, current.now))
  const [start, end] = [edge(query.get('start')), edge(query.get('end'))]
  if (path === '/sleep') {
    const days = Math.round((end - start) / made.DAY)
    const nights = people.flatMap((whom) =>
      Array.from({ length: days }, (_, i) => made.night(whom, start + (i + 0.5) * made.DAY)),
    )
    return json({ nights: nights.filter((each) => Date.parse(each.end) < current.now) })
  }
  const resolution = query.get('resolution') ?? 'auto'
  const points = Number(query.get('max_points') ?? 2000)
  const imputed = (query.get('imputed') ?? 'exclude') as Series['imputed']
  const series = people.flatMap((whom) =>
    query
      .getAll('metric')
      .map((name) => withImputed(made.series(whom, name, start, end, resolution, points), imputed)),
  )
  return json({ series, start: query.get('start'), end: query.get('end'), next_cursor: null })
}

/** What a coordinator asks for: invitations, revocations, syncs, replays. */
async function change(path: string, request: Request, current: Setting): Promise<Response> {
  const body: { participants?: string[]; participant?: string } = await request.clone().json()
  const known = (code: string) => Number(code.slice(2)) <= current.participants
  const all = ingestion.grants(current.participants, current.now).grants
  if (path === '/grants/invite') {
    const unknown = (body.participants ?? []).filter((code) => !known(code))
    if (unknown.length > 0) {
      const named = unknown.map((code) => `'${code}'`).join(', ')
      return problem(404, 'Not Found', `No participant is called ${named} in study DEMO.`)
    }
    return json((body.participants ?? []).map((code) => ingestion.invitation(code, current.now)))
  }
  if (path === '/grants/campaign') {
    const again = all.filter(({ step }) => step === 'expired' || step === 'partial')
    return json(again.map(({ participant }) => ingestion.invitation(participant, current.now)))
  }
  if (path === '/grants/revoke') {
    return json(all.find(({ participant }) => participant === body.participant))
  }
  current.replayed = '120 payloads parsed again: 3,400 samples, 2 episodes, 1 records refused.'
  return json({ sync: 3, participants: 1 }, 202)
}

/** Answers as the server would, from a made-up study. */
export async function answer(request: Request, current = setting()): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  const path = pathname.replace('/api/v1', '')
  const refusal = current.refusing[path]
  if (refusal) return problem(503, 'Unavailable', refusal)
  if (path === '/session') return session(request, current)
  if (!current.signedIn) return problem(401, 'Not signed in', 'Sign in first.')

  const ofAccess = await access.answer(path, request, current)
  if (ofAccess) return ofAccess
  const people = Array.from({ length: current.participants }, (_, n) =>
    made.participant(n, current.now),
  )
  const ofMessages =
    current.messages && (await messages.answer(path, request, current.messages, current.now))
  if (ofMessages) return json(ofMessages)
  const ofImputation = imputation.answer(path, request.method, current.now)
  if (ofImputation) return json(ofImputation, request.method === 'POST' ? 202 : 200)
  const ofDesk = await desk.answer(path, request, people, current)
  if (ofDesk) return ofDesk
  const glance = overview.answer(path, searchParams, current.participants, current.now)
  if (glance) return json(glance)
  if (request.method === 'POST') return change(path, request, current)

  const writes = current.rights.includes('send_messages')
  const ofPerson = person.answer(path, searchParams, people, current.now, writes)
  if (ofPerson) return json(ofPerson)
  const one = people.find(({ code }) => path === `/participants/${code}`)
  if (one) return json(made.detail(one))
  switch (path) {
    case '/studies':
      return json([
        {
          code: 'DEMO',
          title: 'An example study',
          starts_on: '2026-01-01',
          ends_on: null,
          participants: people.length,
        },
      ])
    case '/participants':
      return json(people)
    case '/metrics-catalogue':
      return json(made.CATALOGUE)
    case '/series':
    case '/sleep':
      return timed(path, searchParams, current)
    case '/imports':
      return json(records.IMPORTS)
    case '/quarantine':
      return json({ records: records.QUARANTINE, next_cursor: null })
    case '/grants':
      return json(ingestion.grants(current.participants, current.now))
    case '/syncs':
      return json(ingestion.runs(current.now, current.replayed))
    case '/syncs/freshness':
      return json(ingestion.freshness(current.now))
    case '/syncs/2':
    case '/syncs/attempts':
      return json(ingestion.attempts(current.now))
    case '/store':
      return json({ kind: 'chdb', levels: records.STORE })
    default:
      return problem(404, 'Not found', `There is nothing at ${path}.`)
  }
}
