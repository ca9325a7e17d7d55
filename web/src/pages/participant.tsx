import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Metric, ParticipantDetail } from '@/api/client'
import { useNow } from '@/components/now'
import { Empty, Loading, Trouble } from '@/components/states'
import { WindowBar } from '@/components/time/window-bar'
import { ACTIONS, REASONS, STATUSES } from '@/features/desk/words'
import { LeaveDialog } from '@/features/enrolment/leave-dialog'
import { Head } from '@/features/participant/head'
import { Freshness } from '@/features/participants/freshness'
import { participantQuery } from '@/features/participants/queries'
import { ImputedSwitch } from '@/features/series/imputed-switch'
import { catalogueQuery } from '@/features/series/queries'
import { useMay } from '@/features/session/queries'
import { Page } from './page'
import { DayTab } from './participant/day'
import { LogTab } from './participant/log'
import { OverviewTab } from './participant/overview'
import { RhythmTab } from './participant/rhythm'
import type { Changes, Search } from './participant/tab'
import { WearTab } from './participant/wear'
import { changed } from './search'
import { useShownWindow } from './shown-window'

const route = getRouteApi('/participants/$code')

const TABS = {
  overview: { word: 'Overview', tab: OverviewTab },
  day: { word: 'Day', tab: DayTab },
  wear: { word: 'Wear', tab: WearTab },
  rhythm: { word: 'Rhythm', tab: RhythmTab },
  log: { word: 'Log', tab: LogTab },
} as const

type Name = keyof typeof TABS

const NAMES = Object.keys(TABS) as Name[]

/** What a tab keeps of the address when another one opens: the time shown, and whose. */
const kept = ({ study, from, to, day, imputed }: Search) => ({
  study,
  from,
  to,
  day,
  imputed,
})

function Tabs({ code, search, here }: { code: string; search: Search; here: Name }) {
  return (
    <nav className="tabs" aria-label={`About ${code}`}>
      {NAMES.map((name) => (
        <Link
          key={name}
          to="/participants/$code"
          params={{ code }}
          search={changed({}, { ...kept(search), tab: name === 'overview' ? undefined : name })}
          aria-current={name === here ? 'page' : undefined}
          activeOptions={{ exact: true }}
          resetScroll={false}
        >
          {TABS[name].word}
        </Link>
      ))}
    </nav>
  )
}

const HOUR = 3_600_000

/** The ends of all that there is of somebody, as if the newest were of this hour. */
const until = ({ first_sample_at }: ParticipantDetail, now: number) => ({
  first_sample_at,
  last_sample_at: new Date(Math.floor(now / HOUR) * HOUR).toISOString(),
})

function Shown({ participant, catalogue, now }: ShownProps) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const zone = participant.timezone
  const exports = useMay('export')
  const here = NAMES.find((name) => name === search.tab) ?? 'overview'
  // What the team did may be newer than all data, and there before any.
  const ends = here === 'log' ? until(participant, now) : participant
  const shown = useShownWindow(search, zone, ends, (texts, how) =>
    navigate({ search: (current) => changed(current, texts), ...how }),
  )
  const change = (changes: Changes) =>
    navigate({
      search: (current) => changed(current, changes),
      replace: changes.tab === undefined,
      resetScroll: false,
    })
  const Tab = TABS[here].tab

  return (
    <>
      <Head
        participant={participant}
        now={now}
        status={STATUSES[participant.status ?? 'active']}
        reason={participant.reason ? REASONS[participant.reason] : null}
        action={ACTIONS[participant.next_action ?? 'nothing']}
      />
      <Tabs code={participant.code} search={search} here={here} />
      {!shown && <Empty title="No data yet">Nothing has come from this participant.</Empty>}
      {shown && (
        <>
          {here !== 'day' && (
            <WindowBar window={shown.window} zone={zone} all={shown.all} onWindow={shown.onWindow}>
              {here === 'overview' && (
                <ImputedSwitch value={search.imputed} onChange={(imputed) => change({ imputed })} />
              )}
            </WindowBar>
          )}
          <Tab
            participant={participant}
            catalogue={catalogue}
            search={search}
            change={change}
            window={shown.window}
            onWindow={shown.onWindow}
            now={now}
            exports={exports}
          />
        </>
      )}
    </>
  )
}

interface ShownProps {
  participant: ParticipantDetail
  catalogue: Metric[]
  now: number
}

/** One participant: where they stand, and everything about them over time. */
export function ParticipantPage() {
  const { code } = route.useParams()
  const { study } = route.useSearch()
  const now = useNow()
  const queries = useQueryClient()
  const writes = useMay('send_messages')
  const edits = useMay('edit_people')
  const parts = useMay('erase')
  const audits = useMay('read_audit')
  const [leaving, setLeaving] = useState(false)
  const participant = useQuery(participantQuery(code, study))
  const catalogue = useQuery(catalogueQuery)
  const failed = participant.error ?? catalogue.error
  const left = participant.data?.status === 'withdrawn'
  const retry = participant.error ? participant.refetch : catalogue.refetch

  return (
    <Page
      title={code}
      about={
        participant.data && (
          <>
            {participant.data.study} · <Freshness participant={participant.data} now={now} />
          </>
        )
      }
      actions={
        participant.data && (
          <>
            {edits && (!left || parts) && (
              <Button variant="default" onClick={() => setLeaving(true)}>
                Withdraw
              </Button>
            )}
            {writes && (
              <Button
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/messages"
                    search={{ study: participant.data.study, participant: code }}
                  />
                )}
              >
                Write to {code}
              </Button>
            )}
          </>
        )
      }
    >
      {failed && <Trouble error={failed} onRetry={retry} />}
      {!failed && !(participant.data && catalogue.data) && (
        <Loading what={code} rows={3} height={200} />
      )}
      {participant.data && catalogue.data && (
        <Shown participant={participant.data} catalogue={catalogue.data} now={now} />
      )}
      {leaving && participant.data && (
        <LeaveDialog
          study={participant.data.study}
          code={code}
          left={left}
          parts={parts}
          audits={audits}
          onLeft={() => void queries.invalidateQueries({ type: 'active' })}
          onClose={() => setLeaving(false)}
        />
      )}
    </Page>
  )
}
