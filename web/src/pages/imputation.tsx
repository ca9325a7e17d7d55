import { Button, NativeSelect } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Mark } from '@/components/mark'
import { Empty, Loading, Trouble } from '@/components/states'
import type { Run } from '@/features/imputation/queries'
import { runsQuery } from '@/features/imputation/queries'
import { RunsTable } from '@/features/imputation/runs-table'
import { StartDialog } from '@/features/imputation/start-dialog'
import { WithdrawDialog } from '@/features/imputation/withdraw-dialog'
import { metricWord, STATES } from '@/features/imputation/words'
import { useMay } from '@/features/session/queries'
import { Compared } from './imputation/compared'
import { Told } from './imputation/told'
import { Page } from './page'
import { changed, listOf, listText } from './search'
import { StudySelect } from './study-select'
import { useStudy } from './use-study'

const route = getRouteApi('/imputation')

type Asked = { kind: 'start' } | { kind: 'withdraw'; run: Run }

/** What was imputed in a study, how well, and what follows from it. */
export function ImputationPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const queries = useQueryClient()
  const may = useMay('impute')
  const { studies, all, study } = useStudy(search.study)
  const found = useQuery({ ...runsQuery(study?.code ?? ''), enabled: study !== undefined })
  const [asked, setAsked] = useState<Asked | null>(null)
  const change = (changes: Partial<Record<keyof typeof search, string | undefined>>) =>
    navigate({ search: (current) => changed(current, changes), replace: true, resetScroll: false })
  const tables = listOf(search.tables)
  const tabled = (name: string) => ({
    table: tables.includes(name),
    onTable: (shown: boolean) =>
      change({
        tables: listText(shown ? [...tables, name] : tables.filter((each) => each !== name)),
      }),
  })
  const again = async () => {
    setAsked(null)
    await queries.invalidateQueries({ queryKey: ['imputations'] })
    await queries.invalidateQueries({ queryKey: ['series'] })
  }
  const runs = found.data ?? []
  const shown =
    runs.find(({ id }) => String(id) === search.run) ??
    runs.find(({ state }) => state === 'done' || state === 'stale') ??
    runs[0]
  const other = runs.find(({ id }) => String(id) === search.with && id !== shown?.id)
  const failed = studies.error ?? found.error
  const state = STATES[shown?.state ?? '']

  return (
    <Page
      title="Imputation"
      about="Gaps filled where something is known about them, in a layer of their own; what was measured is never touched."
      actions={
        may && study && <Button onClick={() => setAsked({ kind: 'start' })}>Start a run</Button>
      }
    >
      <StudySelect
        studies={all}
        value={study?.code}
        onChange={(code) => change({ study: code, run: undefined, with: undefined })}
      />
      {failed && (
        <Trouble error={failed} onRetry={studies.error ? studies.refetch : found.refetch} />
      )}
      {!failed && !found.data && study && <Loading what="imputation runs" rows={4} height={44} />}
      {studies.data && !study && <Empty title="No study yet" />}
      {found.data?.length === 0 && (
        <Empty title="Nothing imputed yet">
          <p>
            A run fills gaps of one metric. About a third of missing minutes is all that may be
            filled in real data; the rest stays a gap, with its reason.
          </p>
        </Empty>
      )}
      {runs.length > 0 && (
        <RunsTable
          runs={runs}
          link={(run) => (
            <Link
              to="/imputation"
              search={(current: object) => changed(current, { run: String(run.id) })}
              className="plain-link"
              aria-current={run.id === shown?.id ? 'true' : undefined}
              resetScroll={false}
            >
              Run {run.id}
            </Link>
          )}
          onWithdraw={may ? (run) => setAsked({ kind: 'withdraw', run }) : undefined}
        />
      )}
      {shown && (
        <>
          <div className="person-head">
            <h2>
              Run {shown.id}: {metricWord(shown.metric).toLowerCase()}
            </h2>
            <Mark band={state?.band ?? 'quiet'} word={state?.word ?? shown.state}>
              {[state?.about, shown.detail].filter(Boolean).join(' ')}
            </Mark>
            {runs.length > 1 && (
              <NativeSelect
                label="Compare with"
                value={other ? String(other.id) : ''}
                data={[
                  { value: '', label: 'no other run' },
                  ...runs
                    .filter(({ id }) => id !== shown.id)
                    .map(({ id, metric }) => ({
                      value: String(id),
                      label: `Run ${id}: ${metricWord(metric).toLowerCase()}`,
                    })),
                ]}
                onChange={({ currentTarget: { value } }) => change({ with: value || undefined })}
              />
            )}
          </div>
          {other && <Compared one={shown.id} other={other.id} {...tabled('compared')} />}
          <Told run={shown} search={search} change={change} tabled={tabled} />
        </>
      )}
      {asked?.kind === 'start' && study && (
        <StartDialog
          study={study.code}
          onClose={() => setAsked(null)}
          onDone={async ([first]) => {
            await again()
            if (first) change({ run: String(first.id), with: undefined })
          }}
        />
      )}
      {asked?.kind === 'withdraw' && (
        <WithdrawDialog run={asked.run} onClose={() => setAsked(null)} onDone={again} />
      )}
    </Page>
  )
}
