import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from './schema'

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

export type Session = Answer<'/api/v1/session'>
export type Study = Answer<'/api/v1/studies'>[number]
export type Desk = Answer<'/api/v1/studies/{code}/desk'>
export type DeskLine = Desk['participants'][number]
export type Action = DeskLine['next_action']
export type Reason = NonNullable<DeskLine['reason']>
export type Leaving = components['schemas']['Leaving']
export type Receipt =
  paths['/api/v1/participants/{code}/withdraw']['post']['responses'][200]['content']['application/json']
export type RowProblem = components['schemas']['RowProblem']
export type Participant = Answer<'/api/v1/participants'>[number]
export type ParticipantDetail = Answer<'/api/v1/participants/{code}'>
export type JudgedDay = Answer<'/api/v1/participants/{code}/days'>['days'][number]
export type Wear = Answer<'/api/v1/participants/{code}/wear'>
export type WearDay = Wear['days'][number]
export type Rhythm = Answer<'/api/v1/participants/{code}/rhythm'>
export type Slept = Rhythm['nights'][number]
export type Timeline = Answer<'/api/v1/participants/{code}/timeline'>
export type Metric = Answer<'/api/v1/metrics-catalogue'>[number]
export type SeriesPage = Answer<'/api/v1/series'>
export type Series = SeriesPage['series'][number]
export type Night = Answer<'/api/v1/sleep'>['nights'][number]
export type QuarantinedRecord = Answer<'/api/v1/quarantine'>['records'][number]
export type Import = Answer<'/api/v1/imports'>[number]
export type StoreLevel = Answer<'/api/v1/store'>['levels'][number]
export type User = Answer<'/api/v1/users'>[number]
export type Key = Answer<'/api/v1/keys'>[number]
export type AuditEntry = Answer<'/api/v1/audit'>['entries'][number]
export type Verdict = Answer<'/api/v1/audit/verdict'>
export type Role = Session['role']
export type Factor = components['schemas']['FactorAnswer']
export type Right = Session['rights'][number]
export type Grants = Answer<'/api/v1/grants'>
export type Grant = Grants['grants'][number]
export type Step = Grant['step']
export type Seats = Grants['seats'][number]
export type Invitation = components['schemas']['InvitationAnswer']
export type Run = Answer<'/api/v1/syncs'>[number]
export type Attempt = Answer<'/api/v1/syncs/{number}'>[number]
export type CurvePoint = Answer<'/api/v1/adherence/sensitivity'>[number]
export type Message = Answer<'/api/v1/messages'>[number]
export type Template = Answer<'/api/v1/messages/templates'>[number]
export type Rules = Answer<'/api/v1/messages/rules'>
export type Letter = components['schemas']['LetterAnswer']
export type OptedOut = Answer<'/api/v1/messages/opted-out'>[number]
export type FreshnessLine = Answer<'/api/v1/syncs/freshness'>[number]

/** What the server says when it refuses, in its own words. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    /** What of the request is at fault, where the server says so. */
    readonly parameter?: string | undefined,
    /** Which rows of what was sent cannot be taken, from 1 on. */
    readonly problems: readonly RowProblem[] = [],
    /** The request's name, by which the server's log knows it. */
    readonly request?: string | undefined,
  ) {
    super(detail)
  }
}

const reading = new Set(['GET', 'HEAD'])

const ownRequests: Middleware = {
  onRequest({ request }) {
    if (!reading.has(request.method)) request.headers.set('X-Wearhouse-CSRF', '1')
  },
  onError() {
    return new Problem(0, 'No connection', 'The Wearhouse server cannot be reached.')
  },
}

export const api = createClient<paths, 'application/json'>({
  baseUrl: window.location.origin,
  fetch: (request) => fetch(request),
})
api.use(ownRequests)

const textOf = (body: unknown, key: string): string | undefined => {
  if (typeof body !== 'object' || body === null) return undefined
  const value: unknown = Reflect.get(body, key)
  return typeof value === 'string' ? value : undefined
}

const rowsOf = (body: unknown): RowProblem[] => {
  const rows = typeof body === 'object' && body !== null ? Reflect.get(body, 'problems') : null
  return Array.isArray(rows) ? rows : []
}

/** The body of an answer; a Problem if the server refused. */
export async function answered<Body>(
  call: Promise<{ data?: Body; error?: unknown; response: Response }>,
): Promise<Body> {
  const { data, error, response } = await call
  if (response.ok) return data as Body
  const { status, statusText } = response
  throw new Problem(
    status,
    textOf(error, 'title') ?? (statusText || 'Refused'),
    textOf(error, 'detail') ?? `The server answered ${status} and gave no reason.`,
    textOf(error, 'parameter'),
    rowsOf(error),
    textOf(error, 'request') ?? response.headers.get('X-Request-ID') ?? undefined,
  )
}
