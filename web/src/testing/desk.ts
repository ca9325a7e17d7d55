import type { Action, Desk, DeskLine, Participant, Reason } from '@/api/client'
import { DAY, HOUR } from './study'

const text = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')
const dateText = (at: number) => text(at).slice(0, 10)

const BANDS: [number, string][] = [
  [24, 'good'],
  [72, 'watch'],
  [120, 'act'],
  [168, 'urgent'],
]

const counts = (valid: number, closed: number, pending: number) => {
  const adherence = closed > 0 ? valid / closed : null
  const band =
    adherence === null ? null : adherence >= 0.8 ? 'on track' : adherence >= 0.5 ? 'watch' : 'act'
  return { valid, closed, pending, expected: closed + pending, adherence, band }
}

const nextOf = (n: number, hours: number | null): [Action, string] => {
  if (n % 17 === 16) return ['invite', 'The participant has no grant yet: invite them.']
  if (n % 13 === 12) return ['reconnect', 'The grant has expired: send a new invitation.']
  if (hours !== null && hours >= 48) return ['sync', 'Nothing uploaded for 3 days: ask for a sync.']
  if (n % 11 === 10) return ['charge', 'The battery is at 9 %: ask them to charge it.']
  return ['nothing', 'All is well.']
}

/** Where a participant stands, from what there is of them. */
export function deskLine(whom: Participant, now: number): DeskLine {
  const n = Number(whom.code.slice(2)) - 1
  const last = whom.last_sample_at ? Date.parse(whom.last_sample_at) : null
  const hours = last === null ? null : (now - last) / HOUR
  const gone = whom.withdrawn_on !== null
  const [next_action, next_action_sentence] = gone
    ? (['nothing', 'Nothing is expected just now.'] as const)
    : nextOf(n, hours)
  const week = whom.worn_minutes.slice(-7).map(({ day, minutes }) => ({
    day,
    worn_minutes: minutes,
    day_minutes: 1440,
    reason: (minutes >= 600 ? 'valid' : 'below_threshold') as Reason,
  }))
  const valid = week.filter(({ reason }) => reason === 'valid').length
  return {
    code: whom.code,
    timezone: whom.timezone,
    site: n % 2 === 0 ? 'NORTH' : 'SOUTH',
    status: gone ? 'withdrawn' : 'active',
    enrolled_on: whom.enrolled_on,
    starts_on: null,
    ends_on: null,
    last_day: n % 19 === 0 ? dateText(now + 3 * DAY) : null,
    withdrawn_on: whom.withdrawn_on,
    study_day: 61,
    study_days: 90,
    synced_at: whom.last_sample_at,
    sync_band:
      hours === null || gone ? null : (BANDS.find(([edge]) => hours <= edge)?.[1] ?? 'lost'),
    loss_in_h: hours === null || gone ? null : 168 - hours,
    battery_percent: n % 5 === 4 ? null : n % 11 === 10 ? 9 : 80 - (n % 4) * 15,
    battery_level: null,
    week,
    adherence: {
      '7d': counts(valid, week.length, 0),
      '28d': counts(valid * 4, week.length * 4, 1),
      whole: counts(valid * 8, week.length * 8, 1),
    },
    nights_due: 28,
    nights_uploaded: 28 - (n % 6),
    grants:
      next_action === 'invite'
        ? []
        : [
            {
              source: 'google-health',
              state: next_action === 'reconnect' ? 'expired' : 'active',
            },
          ],
    reason: week.at(-1)?.reason ?? null,
    next_action,
    next_action_sentence,
    contacted_at: n % 7 === 3 ? text(now - 2 * DAY) : null,
    handled: null,
  }
}

/** The desk of the made-up study. */
export const desk = (people: Participant[], now: number): Desk => ({
  study: 'DEMO',
  as_of: text(now),
  updated_at: text(now - 3 * HOUR),
  next_sync_at: text(now + 9 * HOUR),
  delayed: [],
  definition: {} as Desk['definition'],
  participants: people.map((whom) => deskLine(whom, now)),
})

const json = (body: unknown, status = 200) =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
  })

interface Known {
  now: number
  handled: Record<string, DeskLine['handled']>
  calm: boolean
}

const TEXTS = ['invite', 'reconnect', 'complete_consent', 'sync', 'charge', 'wear', 'wear_at_night']

/** Rows of a list that cannot be taken: codes with a space. */
function refused(text: string) {
  const rows = text.split('\n').filter((line) => line.trim())
  const problems = rows.flatMap((line, index) =>
    line.trim().includes(' ')
      ? [{ row: index + 1, problem: `'${line}' is not a code; use up to 64 letters.` }]
      : [],
  )
  return { rows, problems }
}

/** Answers about the desk, letters and enrolment; undefined to anything else. */
export async function answer(
  path: string,
  request: Request,
  people: Participant[],
  known: Known,
): Promise<Response | undefined> {
  const said = request.body ? await request.clone().json() : {}
  const [, code = '', part] = /^\/participants\/([^/]+)\/(\w+)$/.exec(path) ?? []
  if (part === 'handled') {
    const { action, until_on, note } = said
    const by = { by: 'Ada', at: text(known.now) }
    known.handled[code] = request.method === 'PUT' ? { action, until_on, note, ...by } : null
    return request.method === 'PUT' ? json(known.handled[code]) : json(null, 204)
  }
  if (part === 'pauses') return json([])
  switch (`${request.method} ${path}`) {
    case 'GET /studies/DEMO/desk': {
      const all = desk(people, known.now)
      const participants = all.participants.map((line) => ({
        ...line,
        handled: known.handled[line.code] ?? null,
        ...(known.calm && { next_action: 'nothing', next_action_sentence: 'All is well.' }),
      }))
      return json({ ...all, participants })
    }
    case 'GET /studies/DEMO/cohorts':
      return json([{ code: 'SHIFT', title: 'Night workers', rule: null }])
    case 'GET /studies/DEMO/cohorts/SHIFT':
      return json([{ participant: 'P-002', entered_at: text(known.now), left_at: null }])
    case 'GET /studies/DEMO/sites':
      return json(['NORTH', 'SOUTH'].map((site) => ({ code: site, title: site })))
    case 'GET /studies/DEMO/arms':
      return json({ title: 'Forbidden', status: 403, detail: 'Not for your role.' }, 403)
    case 'GET /messages/templates':
      return json(
        TEXTS.map((name) => ({ name, language: 'en', version: 0, subject: name, body: name })),
      )
    case 'POST /messages/preview':
      return json({ subject: `About ${said.template}`, body: `Dear ${said.participant},` })
    case 'POST /messages/send':
      return json(
        said.participants.map((participant: string, index: number) =>
          index === 1
            ? { participant, verdict: 'held', at: null, reason: 'wants no messages' }
            : { participant, verdict: 'now', at: text(known.now), reason: '' },
        ),
      )
    case 'POST /participants/import': {
      const { rows, problems } = refused(said.text)
      if (problems.length > 0) {
        const detail = `${problems.length} of ${rows.length} rows cannot be taken.`
        return json({ title: 'Invalid', status: 422, detail, problems }, 422)
      }
      return json(said.dry_run ? [] : rows.map((line) => ({ code: line.trim(), study: 'DEMO' })))
    }
  }
  if (request.method === 'PATCH' && path.startsWith('/participants/')) {
    return json({ code: path.slice(14), study: 'DEMO' })
  }
  return undefined
}
