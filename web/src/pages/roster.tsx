import '@/features/roster/roster.css'
import { Button, Code } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import type { Desk, Study } from '@/api/client'
import { DataTable } from '@/components/data-table'
import { useNow } from '@/components/now'
import { Empty, Loading, Trouble } from '@/components/states'
import { FreshnessLine } from '@/features/desk/freshness-line'
import { deskQuery } from '@/features/desk/queries'
import { AddDialog } from '@/features/enrolment/add-dialog'
import { EditDialog } from '@/features/enrolment/edit-dialog'
import { Sheet } from '@/features/grants/sheet'
import { ColumnChooser } from '@/features/roster/column-chooser'
import { choosing, columns as columnsOf, editing, usual } from '@/features/roster/columns'
import { fileAddress } from '@/features/roster/file'
import { FilterFields } from '@/features/roster/filter-fields'
import { membersQuery } from '@/features/roster/queries'
import { ViewTabs } from '@/features/roster/view-tabs'
import { filtered, VIEWS, viewNamed } from '@/features/roster/views'
import { useMay } from '@/features/session/queries'
import { Page } from './page'
import { changed, listOf, listText } from './search'
import { StudySelect } from './study-select'
import { useContacting } from './use-contacting'
import { useStudy } from './use-study'

const route = getRouteApi('/roster')
const LEAST_TO_COMPARE = 2

const participants = (count: number) =>
  `${count.toLocaleString('en')} participant${count === 1 ? '' : 's'}`

function NothingYet({ study, onAdd }: { study: string; onAdd: (() => void) | undefined }) {
  return (
    <Empty title="Nobody is enrolled yet">
      {onAdd && (
        <p>
          <Button onClick={onAdd}>Add participants</Button>
        </p>
      )}
      <p>Or load files that a participant downloaded, or a folder of them:</p>
      <Code block>{`wearhouse import PATH --participant auto --study ${study}`}</Code>
      <p>
        <code>auto</code> enrols the persons whom the file names. To look around first, run{' '}
        <code>wearhouse demo</code>.
      </p>
    </Empty>
  )
}

function Board({
  study,
  desk,
  onAdd,
}: {
  study: Study
  desk: Desk
  onAdd?: (() => void) | undefined
}) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const queries = useQueryClient()
  const now = useNow()
  const [edits, exports, contacts, writes] = [
    useMay('edit_people'),
    useMay('export'),
    useMay('read_contacts'),
    useMay('send_messages'),
  ]
  const contacting = useContacting(study.code)
  const [editing_, setEditing] = useState<string | null>(null)
  const members = useQuery({
    ...membersQuery(study.code, search.cohort ?? ''),
    enabled: search.cohort !== undefined,
  })
  const change = useCallback(
    (changes: { [Key in keyof typeof search]?: string | undefined }) =>
      navigate({ search: (known) => changed(known, changes), replace: true }),
    [navigate],
  )
  const chosen = useMemo(() => new Set(listOf(search.chosen)), [search.chosen])
  const onChoose = useCallback(
    (code: string, yes: boolean) => {
      const others = [...chosen].filter((each) => each !== code)
      change({ chosen: listText(yes ? [...others, code] : others) })
    },
    [chosen, change],
  )

  const view = viewNamed(search.view)
  const sought = useDeferredValue(search.q)
  const { site, arm, band, reason, cohort } = search
  const lines = desk.participants
  const within = cohort === undefined ? null : (members.data ?? null)
  const shown = useMemo(
    () => filtered(lines, view, { q: sought, site, arm, band, reason }, within, now),
    [lines, view, sought, site, arm, band, reason, within, now],
  )
  const counts = useMemo(
    () => new Map(VIEWS.map(({ id, holds }) => [id, lines.filter((l) => holds(l, now)).length])),
    [lines, now],
  )
  const arms = lines.some((line) => line.arm)
  const sites = lines.some((line) => line.site)
  const all = useMemo(
    () =>
      columnsOf(study.code, now).filter(
        ({ id }) =>
          (id !== 'arm' || arms) && (id !== 'site' || sites) && (id !== 'contact' || writes),
      ),
    [study.code, now, arms, sites, writes],
  )
  const picked = search.columns
  const narrow = useMediaQuery('(max-width: 48rem)') ?? false
  const ids = picked ? listOf(picked) : usual(all, narrow).map(({ id }) => id)
  const columns = useMemo(() => {
    const ids = listOf(picked)
    const some = picked
      ? all.filter(({ id, sticky }) => sticky || ids.includes(id))
      : usual(all, narrow)
    const edit = edits ? [editing(({ code }) => setEditing(code))] : []
    return [choosing(chosen, onChoose), ...some, ...edit]
  }, [all, picked, narrow, edits, chosen, onChoose])
  const sort = search.sort ?? view.sort
  const file = fileAddress({
    study: study.code,
    view: view.id,
    columns: columns.filter(({ control }) => !control).map(({ id }) => id),
    sort,
    q: sought,
    site,
    arm,
    band,
    reason,
    cohort,
  })
  const some = lines.filter(({ code }) => chosen.has(code))
  const line = lines.find(({ code }) => code === editing_)

  if (contacting.made) {
    return <Sheet {...contacting.made} study={study.title} onDone={contacting.onDone} />
  }
  const { study: _, chosen: __, ...kept } = search
  return (
    <>
      <FreshnessLine desk={desk} now={now} />
      <ViewTabs
        view={view.id}
        counts={counts}
        search={kept}
        onView={(id) => change({ view: id === 'everybody' ? undefined : id, sort: undefined })}
        onOwn={(own) =>
          navigate({ search: { ...own, ...(search.study && { study: search.study }) } })
        }
      />
      <div className="filters roster-filters">
        <FilterFields desk={desk} filters={search} onChange={change} />
        <div className="filter-actions">
          <ColumnChooser
            columns={all}
            shown={ids}
            onShow={(next) => change({ columns: listText(next ?? []) })}
          />
          {exports && (
            <Button component="a" variant="default" href={file} download>
              CSV
            </Button>
          )}
          {onAdd && <Button onClick={onAdd}>Add participants</Button>}
        </div>
      </div>
      <div className="filters">
        <p className="count" role="status">
          {participants(shown.length)} shown
          {some.length > 0 && `, ${some.length} chosen`}
        </p>
        {some.length > 0 && (
          <div className="filter-actions">
            <Button variant="subtle" onClick={() => change({ chosen: undefined })}>
              Clear selection
            </Button>
            {contacting.onWrite && (
              <Button variant="default" onClick={() => contacting.onWrite?.(some)}>
                Write to selected ({some.length})
              </Button>
            )}
            {contacting.onInvite && (
              <Button variant="default" onClick={() => contacting.onInvite?.(some)}>
                Invite selected ({some.length})
              </Button>
            )}
            <Button
              disabled={some.length < LEAST_TO_COMPARE}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/compare"
                  search={{
                    participants: some.map(({ code }) => code).join(','),
                    study: study.code,
                  }}
                />
              )}
            >
              Compare selected ({some.length})
            </Button>
          </div>
        )}
      </div>
      {contacting.inviting.error && <Trouble error={contacting.inviting.error} />}
      {members.error && <Trouble error={members.error} onRetry={members.refetch} />}
      {shown.length === 0 ? (
        <Empty title="Nobody is here">
          <p>No participant is in this view with these filters.</p>
        </Empty>
      ) : (
        <div className="roster-table">
          <DataTable
            caption="Participants"
            columns={columns}
            rows={shown}
            rowKey={({ code }) => code}
            rowHeight={64}
            sort={sort}
            onSort={(next) => change({ sort: next })}
            onOpen={({ code }) =>
              navigate({
                to: '/participants/$code',
                params: { code },
                search: { study: study.code },
              })
            }
          />
        </div>
      )}
      {contacting.dialog}
      {line && (
        <EditDialog
          study={study.code}
          line={line}
          contacts={contacts}
          onChanged={() => void queries.invalidateQueries({ queryKey: ['desk'] })}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  )
}

/** Everybody in a study, and how they are doing. */
export function Roster() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const queries = useQueryClient()
  const edits = useMay('edit_people')
  const contacts = useMay('read_contacts')
  const { studies, all, study } = useStudy(search.study)
  const desk = useQuery({ ...deskQuery(study?.code ?? ''), enabled: Boolean(study) })
  const [adding, setAdding] = useState(false)
  const failed = studies.error ?? desk.error
  const onAdd = edits && study ? () => setAdding(true) : undefined
  const many = desk.data?.participants.length
  return (
    <Page
      title="Roster"
      about={[study?.title, many !== undefined && participants(many)].filter(Boolean).join(' · ')}
    >
      <StudySelect
        studies={all}
        value={study?.code}
        onChange={(code) => navigate({ search: { study: code }, replace: true })}
      />
      {failed && (
        <Trouble error={failed} onRetry={studies.error ? studies.refetch : desk.refetch} />
      )}
      {!failed && studies.data && !study && (
        <Empty title={search.study ? `There is no study ${search.study}` : 'No study yet'} />
      )}
      {!failed && !desk.data && (study || studies.isPending) && (
        <Loading what="participants" rows={8} height={44} />
      )}
      {study && many === 0 && <NothingYet study={study.code} onAdd={onAdd} />}
      {study && desk.data && many !== 0 && <Board study={study} desk={desk.data} onAdd={onAdd} />}
      {adding && study && (
        <AddDialog
          study={study.code}
          contacts={contacts}
          onEnrolled={(codes) => {
            setAdding(false)
            void queries.invalidateQueries()
            void navigate({ search: (known) => changed(known, { chosen: listText(codes) }) })
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </Page>
  )
}
