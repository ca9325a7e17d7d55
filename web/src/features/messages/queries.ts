import { queryOptions } from '@tanstack/react-query'
import { answered, api, type Letter, type Rules, type Template } from '@/api/client'
import type { components } from '@/api/schema'

export const textsQuery = (study: string) =>
  queryOptions({
    queryKey: ['messages', study, 'texts'],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/messages/templates', { params: { query: { study } }, signal })),
  })

export const placesQuery = queryOptions({
  queryKey: ['messages', 'places'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/messages/places', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
})

export const rulesQuery = (study: string) =>
  queryOptions({
    queryKey: ['messages', study, 'rules'],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/messages/rules', { params: { query: { study } }, signal })),
  })

export const logQuery = (study: string) =>
  queryOptions({
    queryKey: ['messages', study, 'log'],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/messages', { params: { query: { study } }, signal })),
  })

export const outcomesQuery = (study: string) =>
  queryOptions({
    queryKey: ['messages', study, 'outcomes'],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/messages/outcomes', { params: { query: { study } }, signal })),
  })

export const optedOutQuery = (study: string) =>
  queryOptions({
    queryKey: ['messages', study, 'opted-out'],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/messages/opted-out', { params: { query: { study } }, signal })),
  })

/** A text that is being written. */
export type Draft = Pick<Template, 'language' | 'subject' | 'body'>

export const keepText = (study: string, name: string, draft: Draft): Promise<Template> =>
  answered(
    api.PUT('/api/v1/messages/templates/{name}', {
      params: { path: { name } },
      body: { study, ...draft },
    }),
  )

export const preview = (study: string, template: string, participant: string, draft: Draft) =>
  answered(
    api.POST('/api/v1/messages/preview', {
      body: { study, template, draft, participant: participant || null },
    }),
  )

/** Sends the text that is kept to oneself, as a participant would get it. */
export const test = (study: string, template: string, participant: string, to: string) =>
  answered(api.POST('/api/v1/messages/test', { body: { study, template, participant, to } }))

/** Sends a text; with `dryRun` only says what would happen. */
export const send = (
  study: string,
  template: string,
  participants: string[],
  dryRun: boolean,
): Promise<Letter[]> =>
  answered(
    api.POST('/api/v1/messages/send', {
      body: { study, template, participants, dry_run: dryRun },
    }),
  )

export const keepRules = ({ study, caps, quiet, language }: Rules): Promise<Rules> =>
  answered(api.PUT('/api/v1/messages/rules', { body: { study, caps, quiet, language } }))

export const setAutomation = (code: string, automation: boolean, reason: string) => {
  // Only what is sent is changed, although the document names defaults for the rest.
  const body = { automation, reason } as components['schemas']['StudyChange']
  return answered(api.PATCH('/api/v1/studies/{code}', { params: { path: { code } }, body }))
}

/** Notes that somebody told the team that they want messages again. */
export const letIn = async (study: string, code: string, reason: string): Promise<void> => {
  await answered(
    api.PUT('/api/v1/messages/opted-out/{code}', {
      params: { path: { code } },
      body: { study, out: false, reason },
    }),
  )
}
