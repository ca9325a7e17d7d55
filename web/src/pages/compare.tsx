import { Button, MultiSelect, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Participant } from '@/api/client'
import { Choice } from '@/components/choice'
import { Empty, Loading, Trouble } from '@/components/states'
import { WindowBar } from '@/components/time/window-bar'
import { WindowKeys } from '@/components/time/window-keys'
import { type Align, studyWindow } from '@/features/compare/lines'
import { StudyDays } from '@/features/compare/study-days'
import { participantsQuery, studiesQuery } from '@/features/participants/queries'
import { HeatPanel } from '@/features/series/heat-panel'
import { imputedOf } from '@/features/series/imputed'
import { ImputedSwitch } from '@/features/series/imputed-switch'
import { Legend } from '@/features/series/legend'
import { RESOLUTIONS, resolutionOf } from '@/features/series/levels'
import { catalogueQuery } from '@/features/series/queries'
import { SeriesPanel } from '@/features/series/series-panel'
import { useMay } from '@/features/session/queries'
import { Figures } from './compare/figures'
import { Page } from './page'
import { changed, listOf, listText } from './search'
import { useShownWindow } from './shown-window'

const route = getRouteApi('/compare')
const MOST_LINES = 8
const MOST_SMALL = 20
const MOST_ROWS = 60

const VIEWS = [
  ['overlay', 'One chart'],
  ['multiples', 'Side by side'],
  ['rows', 'A row each'],
] as const

type View = (typeof VIEWS)[number][0]

/** What can show so many: lines while they can be told apart, then a chart each, then a row each. */
function viewOf(named: string | undefined, count: number, align: Align): View {
  const most = { overlay: MOST_SMALL, multiples: MOST_SMALL, rows: MOST_ROWS }
  const [asked] = VIEWS.flatMap(([name]) => (name === named ? [name] : []))
  if (asked && count <= most[asked] && (asked !== 'rows' || align === 'calendar')) return asked
  if (count <= MOST_LINES) return 'overlay'
  return count <= MOST_SMALL || align === 'study' ? 'multiples' : 'rows'
}

const instants = (texts: (string | null)[]) => texts.filter((text) => text !== null).sort()

/** From the first to the last sample of several participants, and the zone that they share. */
function together(participants: Participant[]) {
  const zones = new Set(participants.map(({ timezone }) => timezone))
  const [zone] = zones
  return {
    zone: zones.size === 1 && zone ? zone : 'UTC',
    ends: {
      first_sample_at: instants(participants.map((each) => each.first_sample_at))[0] ?? null,
      last_sample_at: instants(participants.map((each) => each.last_sample_at)).at(-1) ?? null,
    },
  }
}

/** One metric of several participants, by date or by day in the study, by arm where that is known. */
export function Compare() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const studies = useQuery(studiesQuery)
  const study = search.study ?? studies.data?.[0]?.code
  const roster = useQuery({ ...participantsQuery(study ?? ''), enabled: study !== undefined })
  const catalogue = useQuery(catalogueQuery)

  const codes = useMemo(
    () => listOf(search.participants).slice(0, MOST_ROWS),
    [search.participants],
  )
  const { zone, ends } = useMemo(
    () => together((roster.data ?? []).filter(({ code }) => codes.includes(code))),
    [roster.data, codes],
  )
  const shown = useShownWindow(search, zone, ends, (texts, how) =>
    navigate({ search: (current) => changed(current, texts), ...how }),
  )
  const change = (changes: Partial<Record<keyof typeof search, string | undefined>>) =>
    navigate({ search: (current) => changed(current, changes), replace: true })

  const metrics = catalogue.data?.filter(({ kind }) => kind !== 'episode') ?? []
  const metric = metrics.find(({ name }) => name === (search.metric ?? 'heart_rate'))
  const failed = studies.error ?? roster.error ?? catalogue.error
  const ready = roster.data && catalogue.data
  const exports = useMay('export')
  const people = useMemo(
    () => (roster.data ?? []).filter(({ code }) => codes.includes(code)),
    [roster.data, codes],
  )
  const align: Align = search.align === 'study' ? 'study' : 'calendar'
  const view = viewOf(search.view, codes.length, align)
  const arms = [...new Set((roster.data ?? []).flatMap(({ arm }) => arm ?? []))].sort()
  const byArm = search.by === 'arm' && arms.length > 0
  const plain = view === 'rows' || (view === 'overlay' && align === 'calendar' && !byArm)
  const Chart = view === 'rows' ? HeatPanel : SeriesPanel
  const days = studyWindow(search.from, search.to)
  const imputed = imputedOf(search.imputed)

  return (
    <Page
      title="Compare"
      about={`One chart or side by side up to ${MOST_SMALL}; beyond that, a row for each.`}
    >
      {failed && <Trouble error={failed} onRetry={() => navigate({ search: search })} />}
      {!failed && !ready && <Loading what="participants" rows={2} />}
      {ready && (
        <div className="filters">
          <MultiSelect
            label="Participants"
            placeholder={codes.length === 0 ? 'Choose two or more' : ''}
            data={roster.data.map(({ code }) => code)}
            value={codes}
            onChange={(names) => change({ participants: listText(names) })}
            maxValues={MOST_ROWS}
            limit={50}
            searchable
            clearable
            className="grows"
          />
          <NativeSelect
            label="Metric"
            value={metric?.name ?? ''}
            data={metrics.map(({ name, title }) => ({ value: name, label: title }))}
            onChange={(event) => change({ metric: event.currentTarget.value })}
          />
          <NativeSelect
            label="Level"
            value={resolutionOf(search.level)}
            data={RESOLUTIONS.map(([value, label]) => ({ value, label }))}
            onChange={({ currentTarget: { value } }) =>
              change({ level: value === 'auto' ? undefined : value })
            }
          />
        </div>
      )}
      {ready && codes.length === 0 && (
        <Empty title="Whom to compare?">
          <p>Choose participants above, or tick them in the list of participants.</p>
        </Empty>
      )}
      {ready && codes.length > 0 && !shown && (
        <Empty title="No data yet">
          <p>Nothing has come from these participants.</p>
        </Empty>
      )}
      {ready && codes.length > 0 && shown && metric && (
        <>
          <div className="choices">
            <Choice
              label="How"
              value={view}
              onChange={(name) => change({ view: name })}
              options={VIEWS.filter(([name]) => viewOf(name, codes.length, align) === name)}
            />
            <Choice
              label="Along what"
              value={align}
              onChange={(name) =>
                change({
                  align: name === 'calendar' ? undefined : name,
                  from: undefined,
                  to: undefined,
                })
              }
              options={[
                ['calendar', 'By date'],
                ['study', 'By day in the study'],
              ]}
            />
            {arms.length > 0 && (
              <>
                <Choice
                  label="Grouped"
                  value={byArm ? 'arm' : 'none'}
                  onChange={(name) => change({ by: name === 'arm' ? name : undefined })}
                  options={[
                    ['none', 'Everybody'],
                    ['arm', 'By arm'],
                  ]}
                />
                {arms.map((arm) => (
                  <Button
                    key={arm}
                    size="compact-md"
                    variant="subtle"
                    onClick={() =>
                      change({
                        by: 'arm',
                        participants: listText(
                          roster.data
                            .filter((each) => each.arm === arm || codes.includes(each.code))
                            .map(({ code }) => code)
                            .slice(0, MOST_ROWS),
                        ),
                      })
                    }
                  >
                    Add arm {arm}
                  </Button>
                ))}
              </>
            )}
          </div>
          <ImputedSwitch value={search.imputed} onChange={(imputed) => change({ imputed })} />
          {align === 'calendar' && (
            <WindowBar
              window={shown.window}
              zone={zone}
              all={shown.all}
              onWindow={shown.onWindow}
            />
          )}
          {align === 'study' && (
            <StudyDays
              window={days}
              onDays={(from, to) => change({ from: String(from), to: String(to) })}
            />
          )}
          {plain && view === 'overlay' && <Legend names={codes} />}
          {plain && (
            <WindowKeys window={shown.window} zone={zone} onWindow={shown.onWindow}>
              <Chart
                participants={codes}
                study={study ?? ''}
                metric={metric}
                window={shown.window}
                zone={zone}
                resolution={resolutionOf(search.level)}
                imputed={imputed}
                table={search.tables === 'yes'}
                onTable={(yes) => change({ tables: yes ? 'yes' : undefined })}
                onZoom={shown.onWindow}
                exports={exports}
                height={360}
              />
            </WindowKeys>
          )}
          {!plain && (
            <Figures
              people={people}
              study={study ?? ''}
              metric={metric}
              window={align === 'study' ? days : shown.window}
              zone={zone}
              align={align}
              view={view === 'overlay' ? 'overlay' : 'multiples'}
              byArm={byArm}
              resolution={resolutionOf(search.level)}
              imputed={imputed}
              table={search.tables === 'yes'}
              onTable={(yes) => change({ tables: yes ? 'yes' : undefined })}
              exports={exports}
            />
          )}
        </>
      )}
    </Page>
  )
}
