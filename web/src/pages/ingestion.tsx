import { getRouteApi, Link } from '@tanstack/react-router'
import type { Study } from '@/api/client'
import { Empty, Loading, NotAllowed, Trouble } from '@/components/states'
import { useMay } from '@/features/session/queries'
import { FreshnessTab } from './ingestion/freshness'
import { ImportsTab } from './ingestion/imports'
import { PersonTab } from './ingestion/person'
import { Quarantine } from './ingestion/quarantine'
import { RunsTab } from './ingestion/runs'
import { Page } from './page'
import { StudySelect } from './study-select'
import { useStudy } from './use-study'

const route = getRouteApi('/ingestion')

const TABS = {
  freshness: 'Freshness',
  runs: 'Runs',
  quarantine: 'Quarantine',
  imports: 'Imports',
} as const

type Tab = keyof typeof TABS
const NAMES = Object.keys(TABS) as Tab[]

function Shown({ tab, study, participant }: ShownProps) {
  if (participant) return <PersonTab study={study} code={participant} />
  if (tab === 'runs') return <RunsTab study={study} />
  return <FreshnessTab study={study} />
}

interface ShownProps {
  tab: Tab
  study: Study
  participant: string | undefined
}

/** How the data come in: how fresh they are, what was run, what was refused, what was loaded. */
export function Ingestion() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const may = useMay('read_ingestion')
  const { studies, all, study } = useStudy(search.study)
  const tab = NAMES.find((name) => name === search.tab) ?? 'freshness'
  if (!may) return <NotAllowed what="how the data come in" />

  const ofStudy = tab === 'freshness' || tab === 'runs'
  const kept = search.study ? { study: search.study } : {}
  return (
    <Page title="Ingestion" about={(ofStudy && study?.title) || 'How the data come in.'}>
      <nav className="tabs" aria-label="Ingestion">
        {NAMES.map((name) => (
          <Link
            key={name}
            to="/ingestion"
            search={name === 'freshness' ? kept : { ...kept, tab: name }}
            aria-current={name === tab ? 'page' : undefined}
            activeOptions={{ exact: true }}
          >
            {TABS[name]}
          </Link>
        ))}
      </nav>
      {ofStudy && (
        <StudySelect
          studies={all}
          value={study?.code}
          onChange={(code) => navigate({ search: { study: code, tab }, replace: true })}
        />
      )}
      {tab === 'imports' && <ImportsTab />}
      {tab === 'quarantine' && <Quarantine />}
      {ofStudy && studies.error && <Trouble error={studies.error} onRetry={studies.refetch} />}
      {ofStudy && studies.isPending && <Loading what="ingestion" rows={6} height={52} />}
      {ofStudy && studies.data && !study && (
        <Empty title={search.study ? `There is no study ${search.study}` : 'No study yet'} />
      )}
      {ofStudy && study && <Shown tab={tab} study={study} participant={search.participant} />}
    </Page>
  )
}
