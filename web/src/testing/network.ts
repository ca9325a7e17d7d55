import * as records from './records'
import * as made from './study'

/** What the mock study knows; tests change it before they render. */
export interface Setting {
  now: number
  participants: number
  signedIn: boolean
  /** Paths that the server refuses, with the sentence it gives. */
  refusing: Record<string, string>
}

export const setting = (): Setting => ({
  now: Date.now(),
  participants: 40,
  signedIn: true,
  refusing: {},
})

const json = (body: unknown, status = 200) =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
  })

const problem = (status: number, title: string, detail: string) =>
  json({ type: 'about:blank', title, status, detail }, status)

const edge = (text: string | null) => Date.parse(text ?? '')

function session(method: string, current: Setting): Response {
  if (method === 'POST') current.signedIn = true
  if (method === 'DELETE') current.signedIn = false
  if (method !== 'GET') return json(null, 204)
  return current.signedIn
    ? json({ name: 'Ada', role: 'analyst' })
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
  const series = people.flatMap((whom) =>
    query.getAll('metric').map((name) => made.series(whom, name, start, end, resolution, points)),
  )
  return json({ series, start: query.get('start'), end: query.get('end'), next_cursor: null })
}

/** Answers as the server would, from a made-up study. */
export async function answer(request: Request, current = setting()): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  const path = pathname.replace('/api/v1', '')
  const refusal = current.refusing[path]
  if (refusal) return problem(503, 'Unavailable', refusal)
  if (path === '/session') return session(request.method, current)
  if (!current.signedIn) return problem(401, 'Not signed in', 'Sign in first.')

  const people = Array.from({ length: current.participants }, (_, n) =>
    made.participant(n, current.now),
  )
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
    case '/store':
      return json({ kind: 'chdb', levels: records.STORE })
    default:
      return problem(404, 'Not found', `There is nothing at ${path}.`)
  }
}
