import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { CountsPanel } from '@/features/imputation/counts-panel'
import { Facts } from '@/features/imputation/facts'
import type { Tabled } from '@/features/imputation/figure-panel'
import { PartsPanel } from '@/features/imputation/parts-panel'
import { type Run, reportQuery } from '@/features/imputation/queries'
import { StatisticsPanel } from '@/features/imputation/statistics-panel'
import { TippingPanel } from '@/features/imputation/tipping-panel'
import { ValidationPanel } from '@/features/imputation/validation-panel'
import { SETTINGS } from '@/features/imputation/words'

interface Chosen {
  of?: string
  apart?: string
  whose?: string
  statistic?: string
  hours?: string
}

interface Props {
  run: Run
  search: Chosen
  change: (changes: Chosen) => void
  tabled: (name: string) => Tabled
}

/** Everything that a run tells. */
export function Told({ run, search, change, tabled }: Props) {
  const { data, error, refetch } = useQuery(reportQuery(run))
  const readout = useRef<HTMLOutputElement>(null)
  const setting = SETTINGS.find(([name]) => name === search.of)?.[0] ?? 'fixed as_if_worn'
  return (
    <>
      <Panel title="How it was made" readout={readout} busy={false}>
        <Facts run={run} />
      </Panel>
      {error && <Trouble error={error} onRetry={refetch} />}
      {!error && !data && <Loading what={`run ${run.id}`} rows={3} height={240} />}
      {data && (
        <>
          <CountsPanel report={data} {...tabled('counts')} />
          <ValidationPanel
            report={data}
            setting={setting}
            onSetting={(of) => change({ of })}
            {...tabled('validation')}
          />
          <PartsPanel
            report={data}
            setting={setting}
            apart={search.apart ?? 'hours'}
            onApart={(apart) => change({ apart })}
            {...tabled('parts')}
          />
          <StatisticsPanel report={data} {...tabled('statistics')} />
          <TippingPanel
            report={data}
            whose={search.whose ?? 'everybody'}
            statistic={search.statistic ?? 'mean'}
            hours={search.hours ?? 'all'}
            onChange={change}
            {...tabled('tipping')}
          />
        </>
      )}
    </>
  )
}
