import type { AuditEntry, Key, User } from '@/api/client'

const MADE = '2026-03-01T09:00:00Z'

export const USERS: User[] = [
  {
    name: 'carla',
    role: 'coordinator',
    places: ['DEMO/NORTH'],
    second_factor: true,
    created_at: MADE,
    disabled_at: null,
  },
  {
    name: 'max',
    role: 'monitor',
    places: null,
    second_factor: false,
    created_at: MADE,
    disabled_at: MADE,
  },
]

export const KEYS: Key[] = [
  { id: 7, name: 'notebooks', role: 'analyst', places: null, created_at: MADE },
]

const entry = (number: number, act: string, said: Partial<AuditEntry>): AuditEntry => ({
  number,
  at: MADE,
  actor: 'carla',
  role: 'coordinator',
  via: 'session',
  act,
  study: 'DEMO',
  participant: null,
  subject: '',
  before: {},
  after: {},
  reason: '',
  previous: '0'.repeat(64),
  digest: 'f'.repeat(64),
  ...said,
})

const ENTRIES: AuditEntry[] = [
  entry(3, 'participant.change', {
    participant: 'P-001',
    before: { site: 'NORTH' },
    after: { site: 'SOUTH' },
    reason: 'moved house',
  }),
  entry(2, 'contact.read', { participant: 'P-002' }),
  entry(1, 'session.open', { subject: 'carla' }),
]

const json = (body: unknown, status = 200) =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json' },
  })

/** What the server says to a password where a second factor is set up. */
export const codeWanted = () =>
  new Response(
    JSON.stringify({
      title: 'Unauthorized',
      status: 401,
      detail: 'Enter the code of your authenticator app.',
      parameter: 'code',
    }),
    { status: 401, headers: { 'content-type': 'application/problem+json' } },
  )

interface Known {
  users: User[]
  keys: Key[]
  sound: boolean
}

/** Answers about users, keys and the audit trail; undefined to anything else. */
export async function answer(
  path: string,
  request: Request,
  known: Known,
): Promise<Response | undefined> {
  const said = request.body ? await request.clone().json() : {}
  const whom = known.users.find(({ name }) => path === `/users/${name}`)
  switch (`${request.method} ${path}`) {
    case 'GET /users':
      return json(known.users)
    case 'POST /users': {
      const { password, ...entered } = said
      const made = { ...USERS[1], ...entered, disabled_at: null, second_factor: false }
      known.users = [...known.users, made]
      return json(made, password ? 201 : 422)
    }
    case 'GET /keys':
      return json(known.keys)
    case 'POST /keys':
      return json({ key: 'wh_shown-once', name: said.name, role: said.role }, 201)
    case 'DELETE /keys/7':
      known.keys = []
      return json(null, 204)
    case 'GET /audit': {
      const { searchParams } = new URL(request.url)
      const act = searchParams.get('act') ?? ''
      return json({ entries: ENTRIES.filter((e) => e.act.startsWith(act)), next_cursor: null })
    }
    case 'GET /audit/verdict':
      return json({
        sound: known.sound,
        entries: 3,
        digest: 'f'.repeat(64),
        problem: known.sound ? '' : 'Entry 2 is missing: 3 follows.',
      })
  }
  if (whom && request.method === 'PATCH') {
    known.users = known.users.map((user) =>
      user === whom ? { ...user, disabled_at: said.disabled ? MADE : null } : user,
    )
    return json(known.users.find(({ name }) => name === whom.name))
  }
  return undefined
}
