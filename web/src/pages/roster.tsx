import { Button, Code, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import { useNow } from '@/components/now'
import { Empty, Loading, Trouble } from '@/components/states'
import { participantsQuery, studiesQuery } from '@/features/participants/queries'
import { matching, Roster as RosterTable } from '@/features/participants/roster'
import { Page } from './page'
import { changed, listOf, listText } from './search'

const route = getRouteApi('/')
const LEAST_TO_COMPARE = 2

const people = (count: number) =>
  `${count.toLocaleString('en')} participant${count === 1 ? '' : 's'}`

function NothingYet({ study }: { study: string | undefined }) {
  return (
    <Empty title="Nobody is enrolled yet">
      <p>Load files that a participant downloaded, or a folder of them:</p>
      <Code block>{`wearhouse import PATH --participant auto --study ${study ?? 'STUDY'}`}</Code>
      <p>
        <code>auto</code> enrols the persons whom the file names. To look around first, run{' '}
        <code>wearhouse demo</code>.
      </p>
    </Empty>
  )
}

/** Everyone in a study, and how they are doing. */
export function Roster() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const now = useNow()
  const studies = useQuery(studiesQuery)
  const study = search.study ?? studies.data?.[0]?.code
  const roster = useQuery({ ...participantsQuery(study ?? ''), enabled: study !== undefined })
  const [words, setWords] = useState(search.q ?? '')
  const sought = useDeferredValue(words)

  const change = useCallback(
    (changes: Partial<Record<keyof typeof search, string | undefined>>) =>
      navigate({ search: changed(search, changes), replace: true }),
    [navigate, search],
  )
  const chosen = useMemo(() => listOf(search.chosen), [search.chosen])
  const onChoose = useCallback(
    (code: string, yes: boolean) => {
      const others = chosen.filter((each) => each !== code)
      change({ chosen: listText(yes ? [...others, code] : others) })
    },
    [chosen, change],
  )
  const shown = useMemo(() => matching(roster.data ?? [], sought), [roster.data, sought])

  const title = studies.data?.find(({ code }) => code === study)?.title
  const failed = studies.error ?? roster.error
  const nobody = (roster.data ?? studies.data)?.length === 0
  const loading = !failed && !nobody && !roster.data
  return (
    <Page
      title="Participants"
      about={[title ?? study, roster.data && people(roster.data.length)]
        .filter(Boolean)
        .join(' · ')}
      actions={
        chosen.length > 0 && (
          <>
            <Button variant="subtle" onClick={() => change({ chosen: undefined })}>
              Clear selection
            </Button>
            <Button
              disabled={chosen.length < LEAST_TO_COMPARE}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/compare"
                  search={{ participants: chosen.join(','), ...(study && { study }) }}
                />
              )}
            >
              Compare selected ({chosen.length})
            </Button>
          </>
        )
      }
    >
      {!nobody && (
        <div className="filters">
          {(studies.data?.length ?? 0) > 1 && (
            <NativeSelect
              label="Study"
              value={study ?? ''}
              data={(studies.data ?? []).map(({ code, title: name }) => ({
                value: code,
                label: `${code}: ${name}`,
              }))}
              onChange={(event) => change({ study: event.currentTarget.value, chosen: undefined })}
            />
          )}
          <TextInput
            label="Filter"
            placeholder="Code or time zone"
            type="search"
            value={words}
            onChange={(event) => {
              setWords(event.currentTarget.value)
              change({ q: event.currentTarget.value || undefined })
            }}
          />
          <p className="count" role="status">
            {roster.data && sought ? `${people(shown.length)} shown` : ''}
          </p>
        </div>
      )}
      {failed && (
        <Trouble error={failed} onRetry={studies.error ? studies.refetch : roster.refetch} />
      )}
      {loading && <Loading what="participants" rows={8} height={44} />}
      {nobody && !failed && <NothingYet study={study} />}
      {roster.data && !nobody && (
        <RosterTable
          participants={shown}
          chosen={chosen}
          onChoose={onChoose}
          sort={search.sort}
          onSort={(sort) => change({ sort })}
          now={now}
        />
      )}
    </Page>
  )
}
