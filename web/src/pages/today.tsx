import '@/features/today/today.css'
import { Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import type { Desk, DeskLine, Study } from '@/api/client'
import { Mark } from '@/components/mark'
import { useNow } from '@/components/now'
import { Empty, Loading, Trouble } from '@/components/states'
import { FreshnessLine } from '@/features/desk/freshness-line'
import { deskQuery, type SeenTo, seeTo, takeBack, withHandled } from '@/features/desk/queries'
import { people } from '@/features/desk/words'
import { Sheet } from '@/features/grants/sheet'
import { useMay } from '@/features/session/queries'
import { type Counted, seenTo, workLists } from '@/features/today/lists'
import { SeenToList } from '@/features/today/seen-to'
import { SeenToDialog } from '@/features/today/seen-to-dialog'
import { WorkList } from '@/features/today/work-list'
import { Page } from './page'
import { StudySelect } from './study-select'
import { useContacting } from './use-contacting'
import { useStudy } from './use-study'

const route = getRouteApi('/today')

function Tallies({ lists }: { lists: Counted[] }) {
  if (lists.length < 2) return null
  return (
    <nav aria-label="Work lists">
      <ul className="tallies">
        {lists.map(({ id, title, lines }) => (
          <li key={id}>
            <a href={`#${id}`}>
              <b>{lines.length}</b> {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function AllWell({ desk }: { desk: Desk }) {
  const active = desk.participants.filter(({ status }) => status === 'active').length
  return (
    <div className="all-well">
      <Mark band="good" word="All well" />
      <div>
        <Title order={2}>Nobody needs you today</Title>
        <p>{people(active)} taking part. Whoever needs something will be listed here, with why.</p>
      </div>
    </div>
  )
}

function Board({ study, desk }: { study: Study; desk: Desk }) {
  const now = useNow()
  const queries = useQueryClient()
  const may = useMay('edit_people')
  const contacting = useContacting(study.code)
  const [seeing, setSeeing] = useState<DeskLine | null>(null)
  const { queryKey } = deskQuery(study.code)
  const show = (code: string, handled: DeskLine['handled']) => {
    queries.setQueryData<Desk>(queryKey, (known) => withHandled(known, code, handled))
    void queries.invalidateQueries({ queryKey })
  }
  const seen = useMutation({
    mutationFn: seeTo,
    onSuccess: (handled, { code }: SeenTo) => {
      show(code, handled)
      setSeeing(null)
    },
  })
  const back = useMutation({
    mutationFn: ({ code }: DeskLine) => takeBack(study.code, code),
    onSuccess: (_, { code }) => show(code, null),
  })
  if (contacting.made) {
    return <Sheet {...contacting.made} study={study.title} onDone={contacting.onDone} />
  }
  const lists = workLists(desk.participants)
  const failed = contacting.inviting.error ?? back.error
  return (
    <>
      <FreshnessLine desk={desk} now={now} />
      <Tallies lists={lists} />
      {failed && <Trouble error={failed} />}
      {lists.length === 0 && <AllWell desk={desk} />}
      {lists.map((list) => (
        <WorkList
          key={list.id}
          list={list}
          study={study.code}
          now={now}
          onWrite={contacting.onWrite}
          onInvite={contacting.onInvite}
          onSeenTo={may ? setSeeing : undefined}
        />
      ))}
      <SeenToList
        lines={seenTo(desk.participants)}
        study={study.code}
        onBack={may ? (line) => back.mutate(line) : undefined}
      />
      {contacting.dialog}
      {seeing && (
        <SeenToDialog
          line={seeing}
          now={now}
          busy={seen.isPending}
          error={seen.error}
          onDone={(until_on, note) => {
            const { code, next_action: action } = seeing
            seen.mutate({ study: study.code, code, action, until_on, note })
          }}
          onClose={() => setSeeing(null)}
        />
      )}
    </>
  )
}

/** Who must be contacted today, and why. */
export function Today() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { studies, all, study } = useStudy(search.study)
  const desk = useQuery({ ...deskQuery(study?.code ?? ''), enabled: Boolean(study) })
  const failed = studies.error ?? desk.error
  return (
    <Page title="Today" about={study?.title}>
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
        <Loading what="who needs you" rows={5} height={72} />
      )}
      {study && desk.data && <Board study={study} desk={desk.data} />}
    </Page>
  )
}
