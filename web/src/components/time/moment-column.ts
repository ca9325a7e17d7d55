import type { Column } from '@/components/data-table'
import { momentText } from './zone'

/** A column of instants on the clock of a zone, sorted as they came. */
export const momentColumn = <Row>(
  id: string,
  title: string,
  instant: (row: Row) => string,
  zone: string,
): Column<Row> => ({
  id,
  title,
  value: instant,
  cell: (row) => momentText(Date.parse(instant(row)), zone),
})
