import { Button, Group, TextInput } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Loading, Trouble } from '@/components/states'
import { DAY } from '@/components/time/window'
import { civilText, dateText } from '@/components/time/zone'
import { figuresOf } from '@/features/participant/day'
import { DayFigures } from '@/features/participant/day-panel'
import { timelineQuery } from '@/features/participant/queries'
import { imputedOf } from '@/features/series/imputed'
import { ImputedKey } from '@/features/series/imputed-key'
import { ImputedSwitch } from '@/features/series/imputed-switch'
import { seriesQuery } from '@/features/series/queries'
import { stageAt, stagesOf } from '@/features/sleep/nights'
import { sleepQuery } from '@/features/sleep/queries'
import { dayWindow, shownDay, stretchOf, type TabProps } from './tab'
import { useDays } from './use-days'

const METRICS = ['heart_rate', 'steps', 'worn_by_steps']
const QUIET = { not_due: 'blank', paused: 'blank' } as const
const GONE = ['lost', 'not_authorised', 'outage', 'unknown']
const HOURS = 3_600_000
const BACK = <span aria-hidden="true">←</span>
const ON = <span aria-hidden="true">→</span>

/** One day of a participant: everything over one axis. */
export function DayTab({ participant, search, change, window: whole, now, exports }: TabProps) {
  const zone = participant.timezone
  const day = shownDay(search.day, whole, zone)
  const window = useMemo(() => dayWindow(day, zone), [day, zone])
  const stretch = stretchOf(participant, window)
  const participants = useMemo(() => [participant.code], [participant.code])
  const { study } = participant
  const imputed = imputedOf(search.imputed)
  // With only imputed values drawn, what was measured still says when the device was worn.
  const layer = imputed === 'exclude' ? 'exclude' : 'include'
  const asked = { participants, study, window, resolution: '1m', imputed: layer } as const
  const series = useQueries({
    queries: METRICS.map((metric) => seriesQuery({ ...asked, metric })),
    combine: (answers) => ({
      all: answers.flatMap(({ data }) => data?.series ?? []),
      pending: answers.some(({ isPending, isPlaceholderData }) => isPending || isPlaceholderData),
      error: answers.find(({ error }) => error)?.error ?? null,
      again: () => answers.forEach(({ refetch }) => void refetch()),
    }),
  })
  const sleep = useQuery(sleepQuery(participants, study, window))
  const timeline = useQuery(timelineQuery(stretch))
  const { days, error: noDays } = useDays(participant, stretch, 60, now)
  const about = days?.[0]

  const reason = about?.reason
  const quiet =
    reason && reason in QUIET
      ? QUIET[reason as keyof typeof QUIET]
      : reason && GONE.includes(reason)
        ? ('gone' as const)
        : null
  const nights = sleep.data?.nights
  const figures = useMemo(
    () =>
      figuresOf({
        window,
        series: series.all,
        nights: nights ?? [],
        timeline: timeline.data ?? null,
        syncedAt: participant.synced_at ?? null,
        now,
        quiet,
        imputed,
      }),
    [window, series.all, nights, timeline.data, participant.synced_at, now, quiet, imputed],
  )
  const stages = useMemo(() => stagesOf(nights ?? []), [nights])
  const failed = series.error ?? sleep.error ?? timeline.error ?? noDays
  const ready = !series.pending && sleep.data && timeline.data
  const at = Date.parse(day)
  const go = (days: number) => change({ day: dateText(at + days * DAY) })

  return (
    <>
      <Group gap="xs" align="flex-end">
        <Button variant="default" leftSection={BACK} onClick={() => go(-1)}>
          Day before
        </Button>
        <TextInput
          type="date"
          label="Day"
          value={day}
          onChange={({ currentTarget: { value } }) => value && change({ day: value })}
        />
        <Button variant="default" rightSection={ON} onClick={() => go(1)}>
          Day after
        </Button>
        <ImputedSwitch value={search.imputed} onChange={(imputed) => change({ imputed })} />
      </Group>
      {failed && <Trouble error={failed} onRetry={series.again} />}
      {!failed && !ready && <Loading what={`the day ${day}`} height={480} />}
      {!failed && ready && (
        <DayFigures
          title={`${civilText(at, 'weekday')} ${day.slice(0, 4)}`}
          word={about?.word ?? ''}
          about={about}
          hours={(window.end - window.start) / HOURS}
          figures={figures}
          zone={zone}
          sleep={stages}
          stageAt={stageAt}
          table={search.tables === 'day'}
          onTable={(shown) => change({ tables: shown ? 'day' : undefined })}
          exports={exports}
          stretch={stretch}
          legend={
            imputed !== 'exclude' && (
              <>
                <ImputedKey choice={imputed} shape="line" banded />
                <p className="note">
                  Imputed steps are dashed boxes: what is expected, without an interval.
                </p>
              </>
            )
          }
        />
      )}
    </>
  )
}
