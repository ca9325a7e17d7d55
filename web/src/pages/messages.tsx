import '@/features/messages/messages.css'
import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Study } from '@/api/client'
import { Empty, Loading, NotAllowed, Trouble } from '@/components/states'
import { Compose } from '@/features/messages/compose'
import { LogTable } from '@/features/messages/log-table'
import { OptedOut } from '@/features/messages/opted-out'
import { logQuery, outcomesQuery, rulesQuery, textsQuery } from '@/features/messages/queries'
import { RulesForm } from '@/features/messages/rules-form'
import { Texts } from '@/features/messages/texts'
import { people, textName } from '@/features/messages/words'
import { participantsQuery } from '@/features/participants/queries'
import { useMay } from '@/features/session/queries'
import { Page } from './page'
import { changed, listOf } from './search'
import { StudySelect } from './study-select'
import { useStudy } from './use-study'

const route = getRouteApi('/messages')

const TABS = {
  write: 'Write',
  texts: 'Texts',
  rules: 'Rules',
  log: 'Log',
  out: 'Opted out',
} as const

type Tab = keyof typeof TABS
const NAMES = Object.keys(TABS) as Tab[]
const USUAL = 'sync'

function useChange() {
  const navigate = route.useNavigate()
  return (changes: Partial<Record<keyof ReturnType<typeof route.useSearch>, string | undefined>>) =>
    navigate({ search: (current) => changed(current, changes), replace: true })
}

function WriteTab({ study }: { study: Study }) {
  const search = route.useSearch()
  const change = useChange()
  const texts = useQuery(textsQuery(study.code))
  const roster = useQuery(participantsQuery(study.code))
  const error = texts.error ?? roster.error
  if (error) return <Trouble error={error} onRetry={texts.error ? texts.refetch : roster.refetch} />
  if (!texts.data || !roster.data) return <Loading what="messages" rows={3} height={60} />
  return (
    <Compose
      key={study.code}
      study={study.code}
      texts={texts.data}
      participants={roster.data}
      template={search.template ?? USUAL}
      to={listOf(search.to)}
      onTemplate={(template) => change({ template, to: undefined })}
    />
  )
}

function TextsTab({ study }: { study: Study }) {
  const { template, language } = route.useSearch()
  const change = useChange()
  const texts = useQuery(textsQuery(study.code))
  const roster = useQuery(participantsQuery(study.code))
  const rules = useQuery(rulesQuery(study.code))
  if (texts.error) return <Trouble error={texts.error} onRetry={texts.refetch} />
  if (!texts.data || rules.isPending) return <Loading what="texts" rows={3} height={60} />
  return (
    <Texts
      study={study.code}
      texts={texts.data}
      participants={(roster.data ?? []).map(({ code }) => code)}
      template={template ?? USUAL}
      language={language}
      usual={rules.data?.language ?? 'en'}
      onChoose={(name, of) => change({ template: name, language: of })}
    />
  )
}

function RulesTab({ study }: { study: Study }) {
  const rules = useQuery(rulesQuery(study.code))
  const editing = useMay('edit_study')
  if (rules.error) return <Trouble error={rules.error} onRetry={rules.refetch} />
  if (!rules.data) return <Loading what="rules" rows={3} height={60} />
  return <RulesForm key={study.code} rules={rules.data} editing={editing} />
}

function Outcomes({ study }: { study: string }) {
  const { data } = useQuery(outcomesQuery(study))
  if (!data || data.length === 0) return null
  return (
    <ul className="outcomes" aria-label="What came of the texts">
      {data.map(({ template, sent, within_24h: soon, within_72h: late, untold }) => (
        <li key={template}>
          <b>{textName(template)}</b>: {sent} sent, a sync followed {soon} within 24 h and {late}{' '}
          within 72 h{untold > 0 && `, ${people(untold)} whose devices tell of none`}.
        </li>
      ))}
    </ul>
  )
}

function LogTab({ study }: { study: Study }) {
  const { participant, sort } = route.useSearch()
  const change = useChange()
  const log = useQuery(logQuery(study.code))
  if (log.error) return <Trouble error={log.error} onRetry={log.refetch} />
  if (!log.data) return <Loading what="the log" rows={6} height={56} />
  if (log.data.length === 0) return <Empty title="Nobody has been written to yet" />
  const codes = [...new Set(log.data.map((message) => message.participant))].sort()
  const shown = log.data.filter((one) => !participant || one.participant === participant)
  return (
    <>
      <Outcomes study={study.code} />
      <div className="filters">
        <NativeSelect
          label="Participant"
          value={participant ?? ''}
          data={[{ value: '', label: 'Everybody' }, ...codes]}
          onChange={(event) => change({ participant: event.currentTarget.value || undefined })}
        />
      </div>
      <LogTable messages={shown} sort={sort} onSort={(to) => change({ sort: to })} />
    </>
  )
}

const SHOWN: Record<Tab, (props: { study: Study }) => React.ReactNode> = {
  write: WriteTab,
  texts: TextsTab,
  rules: RulesTab,
  log: LogTab,
  out: ({ study }) => <OptedOut study={study.code} />,
}

/** Writing to participants: to whom, what, by which rules, and what came of it. */
export function MessagesPage() {
  const search = route.useSearch()
  const change = useChange()
  const may = useMay('send_messages')
  const { studies, all, study } = useStudy(search.study)
  const tab = NAMES.find((name) => name === search.tab) ?? 'write'
  if (!may) return <NotAllowed what="messages to participants" />

  const kept = search.study ? { study: search.study } : {}
  const Shown = SHOWN[tab]
  return (
    <Page title="Messages" about={study?.title ?? 'E-mails to participants.'}>
      <nav className="tabs" aria-label="Messages">
        {NAMES.map((name) => (
          <Link
            key={name}
            to="/messages"
            search={name === 'write' ? kept : { ...kept, tab: name }}
            aria-current={name === tab ? 'page' : undefined}
            activeOptions={{ exact: true }}
          >
            {TABS[name]}
          </Link>
        ))}
      </nav>
      <StudySelect studies={all} value={study?.code} onChange={(code) => change({ study: code })} />
      {studies.error && <Trouble error={studies.error} onRetry={studies.refetch} />}
      {studies.isPending && <Loading what="messages" rows={3} height={60} />}
      {studies.data && !study && <Empty title="No study yet" />}
      {study && <Shown study={study} />}
    </Page>
  )
}
