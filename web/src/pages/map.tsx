import '@/features/map/map.css'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useDeferredValue, useMemo, useState } from 'react'
import { Empty, Loading, Trouble } from '@/components/states'
import { civilText } from '@/components/time/zone'
import {
  type Align,
  type Arranged,
  arrange,
  dateOf,
  dayNumber,
  dayText,
  newest,
  SORTS,
  type Sort,
  studyDay,
} from '@/features/map/arrange'
import { cellAt, cellWords, LAYERS, type Layer } from '@/features/map/layers'
import { MapGrid } from '@/features/map/map-grid'
import { MapLegend } from '@/features/map/map-legend'
import { MapTable } from '@/features/map/map-table'
import type { Place } from '@/features/map/moves'
import { type DayMap, fileAddress, mapQuery } from '@/features/map/queries'
import { useMay } from '@/features/session/queries'
import { Page } from './page'
import { changed } from './search'
import { StudySelect } from './study-select'
import { useStudy } from './use-study'

const route = getRouteApi('/map')

const SPANS = {
  '28': 'Last 28 days',
  '90': 'Last 90 days',
  '180': 'Last 180 days',
  all: 'All days',
}
const ALIGNS: Record<Align, string> = { calendar: 'Calendar', study: 'Study day' }

const chosen = <Key extends string>(of: Record<Key, string>, text: string | undefined, or: Key) =>
  text !== undefined && text in of ? (text as Key) : or

const options = (of: Record<string, string>) =>
  Object.entries(of).map(([value, label]) => ({ value, label }))

const people = (count: number) =>
  `${count.toLocaleString('en')} participant${count === 1 ? '' : 's'}`

/** The first day of a span that ends yesterday. */
const startOf = (span: string): string | undefined =>
  span === 'all'
    ? undefined
    : dayText(dayNumber(new Date().toISOString().slice(0, 10)) - Number(span))

interface ReadoutProps {
  map: DayMap
  arranged: Arranged
  layer: Layer
  place: Place
}

function Readout({ map, arranged, layer, place }: ReadoutProps) {
  const line = arranged.lines[place.row]
  const cell = line && cellAt(map, line.person, place.column + line.shift)
  if (!line || !cell) return <span>No day there yet.</span>
  const { code } = line.person
  const date = dateOf(map, line, place.column)
  const day = studyDay(map, line, place.column)
  return (
    <>
      <b>{code}</b>
      <span>
        {civilText(Date.parse(date), 'weekday')} {date.slice(0, 4)}
        {day !== null && `, study day ${day}`}
      </span>
      <span>{cellWords(layer, cell)}</span>
      <Link
        className="plain-link"
        to="/participants/$code"
        params={{ code }}
        search={{ study: map.study, from: date, to: date }}
      >
        Open this day
      </Link>
    </>
  )
}

interface ShownProps {
  map: DayMap
  layer: Layer
  align: Align
  sort: Sort
  words: string
  table: boolean
}

function Shown({ map, layer, align, sort, words, table }: ShownProps) {
  const navigate = route.useNavigate()
  const [chosenPlace, setActive] = useState<Place | null>(null)
  const [pointed, setPointed] = useState<Place | null>(null)
  const arranged = useMemo(() => arrange(map, align, sort, words), [map, align, sort, words])
  const top = arranged.lines[0]
  const active = chosenPlace ?? { row: 0, column: top ? newest(top) : 0 }
  const last = { row: arranged.lines.length - 1, column: arranged.columns - 1 }
  const kept = {
    row: Math.max(0, Math.min(active.row, last.row)),
    column: Math.max(0, Math.min(active.column, last.column)),
  }
  if (arranged.lines.length === 0) return <Empty title="Nobody matches" />

  const open = (place: Place) => {
    const line = arranged.lines[place.row]
    if (!line) return
    const date = dateOf(map, line, place.column)
    navigate({
      to: '/participants/$code',
      params: { code: line.person.code },
      search: { study: map.study, from: date, to: date },
    })
  }
  const valid = arranged.lines.reduce((sum, { counts }) => sum + counts.valid, 0)
  const closed = arranged.lines.reduce((sum, { counts }) => sum + counts.closed, 0)
  const share = closed > 0 ? `, ${Math.round((100 * valid) / closed)} %` : ''
  return (
    <>
      <p className="note">
        {people(arranged.lines.length)}; {valid.toLocaleString('en')} of{' '}
        {closed.toLocaleString('en')} closed days valid{share} ({map.definition.title}, version{' '}
        {map.definition.version}). Days are each participant's own civil days.
      </p>
      <MapLegend map={map} arranged={arranged} layer={layer} />
      <MapGrid
        map={map}
        arranged={arranged}
        layer={layer}
        align={align}
        label={`${LAYERS[layer]} of participants by ${align === 'study' ? 'study day' : 'day'}`}
        active={kept}
        onActive={setActive}
        onPoint={setPointed}
        onOpen={open}
      />
      <div className="map-readout" role="status" aria-live="off">
        <Readout map={map} arranged={arranged} layer={layer} place={pointed ?? kept} />
      </div>
      <p className="note">
        Arrow keys, Home and End move; Enter, a double click or a second tap opens the day.
      </p>
      {table && <MapTable map={map} arranged={arranged} layer={layer} />}
    </>
  )
}

/** Everybody's days at a glance: worn, synced, slept, valid, and why not. */
export function MapPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { studies, all, study } = useStudy(search.study)
  const layer: Layer = chosen<Layer>(LAYERS, search.layer, 'wear')
  const align = chosen<Align>(ALIGNS, search.align, 'calendar')
  const sort = chosen<Sort>(SORTS, search.sort, 'code')
  const span = chosen<keyof typeof SPANS>(SPANS, search.span, '90')
  const query = mapQuery(study?.code ?? '', startOf(span), layer === 'sleep')
  const found = useQuery({ ...query, enabled: study !== undefined })
  const [words, setWords] = useState(search.q ?? '')
  const sought = useDeferredValue(words)
  const change = (changes: Partial<Record<keyof typeof search, string | undefined>>) =>
    navigate({ search: (current) => changed(current, changes), replace: true })
  const exports = useMay('export')
  const map = found.data
  const failed = studies.error ?? found.error
  return (
    <Page
      title="Map"
      about={study?.title ?? study?.code}
      actions={
        map && (
          <>
            <Button
              variant="subtle"
              aria-expanded={search.table === 'yes'}
              onClick={() => change({ table: search.table === 'yes' ? undefined : 'yes' })}
            >
              Table
            </Button>
            {exports && (
              <Button
                component="a"
                variant="subtle"
                href={fileAddress(map.study, startOf(span), layer === 'sleep', sought)}
                download
              >
                CSV
              </Button>
            )}
          </>
        )
      }
    >
      <nav className="tabs" aria-label="What the cells show">
        {(Object.keys(LAYERS) as Layer[]).map((name) => (
          <Link
            key={name}
            to="/map"
            search={changed(search, { layer: name === 'wear' ? undefined : name })}
            aria-current={name === layer ? 'page' : undefined}
            activeOptions={{ exact: true }}
            replace
          >
            {LAYERS[name]}
          </Link>
        ))}
      </nav>
      <div className="filters pairs">
        <StudySelect
          studies={all}
          value={study?.code}
          onChange={(code) => change({ study: code })}
        />
        <NativeSelect
          label="Align by"
          value={align}
          data={options(ALIGNS)}
          onChange={(event) => change({ align: event.currentTarget.value })}
        />
        <NativeSelect
          label="Days"
          value={span}
          data={options(SPANS)}
          onChange={(event) => change({ span: event.currentTarget.value })}
        />
        <NativeSelect
          label="Sort by"
          value={sort}
          data={options(SORTS)}
          onChange={(event) => change({ sort: event.currentTarget.value })}
        />
        <TextInput
          label="Filter"
          placeholder="Participant"
          type="search"
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value)
            change({ q: event.currentTarget.value || undefined })
          }}
        />
      </div>
      {failed && (
        <Trouble error={failed} onRetry={studies.error ? studies.refetch : found.refetch} />
      )}
      {!failed && !map && study && <Loading what="the map" height={420} />}
      {studies.data && !study && <Empty title="No study yet" />}
      {map && map.participants.length === 0 && <Empty title="Nobody is enrolled yet" />}
      {map && map.participants.length > 0 && (
        <Shown
          key={`${map.study} ${align} ${span}`}
          map={map}
          layer={layer}
          align={align}
          sort={sort}
          words={sought}
          table={search.table === 'yes'}
        />
      )}
    </Page>
  )
}
