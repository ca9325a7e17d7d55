import { queryOptions } from '@tanstack/react-query'
import { answered, api, type DeskLine } from '@/api/client'

/** Stands for: everybody the text of their own next action. */
export const OWN = 'own'

const TITLES: Record<string, string> = {
  [OWN]: 'Each their own, by what is due',
  invite: 'Invitation',
  reconnect: 'Please connect again',
  complete_consent: 'One permission is missing',
  sync: 'Please sync',
  charge: 'Please charge',
  wear: 'Wearing it',
  wear_at_night: 'Wearing it at night',
}

export const titleOf = (template: string): string => TITLES[template] ?? template

export const templatesQuery = (study: string) =>
  queryOptions({
    queryKey: ['templates', study],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/messages/templates', { params: { query: { study } }, signal })),
  })

export const previewQuery = (study: string, participant: string, template: string) =>
  queryOptions({
    queryKey: ['preview', study, participant, template],
    queryFn: ({ signal }) =>
      answered(
        api.POST('/api/v1/messages/preview', { body: { study, participant, template }, signal }),
      ),
    retry: false,
    staleTime: 0,
  })

/** The texts that go to these people: one for all, or each their own. */
export function mailings(lines: readonly DeskLine[], template: string): [string, string[]][] {
  if (template !== OWN) return [[template, lines.map(({ code }) => code)]]
  const found = new Map<string, string[]>()
  for (const { next_action, code } of lines) {
    if (next_action !== 'nothing') found.set(next_action, [...(found.get(next_action) ?? []), code])
  }
  return [...found]
}

const post = (study: string, template: string, participants: string[], dry_run: boolean) =>
  answered(api.POST('/api/v1/messages/send', { body: { study, participants, template, dry_run } }))

export type Letter = Awaited<ReturnType<typeof post>>[number]

async function all(study: string, lines: readonly DeskLine[], template: string, dry: boolean) {
  const letters: Letter[] = []
  for (const [name, codes] of mailings(lines, template)) {
    letters.push(...(await post(study, name, codes, dry)))
  }
  return letters
}

/** What would happen to a text, person by person; nothing is sent. */
export const dryRunQuery = (study: string, lines: readonly DeskLine[], template: string) =>
  queryOptions({
    queryKey: ['dry run', study, template, lines.map(({ code }) => code)],
    queryFn: () => all(study, lines, template, true),
    staleTime: 0,
  })

export const send = (study: string, lines: readonly DeskLine[], template: string) =>
  all(study, lines, template, false)
