import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'

interface Props {
  title: string
  wide?: boolean
  onClose: () => void
  children: ReactNode
}

/** A question before the page goes on: it holds the keyboard until it is answered. */
export function Dialog({ title, wide = false, onClose, children }: Props) {
  return (
    <Modal.Root opened onClose={onClose} size={wide ? 'lg' : 'md'} centered>
      <Modal.Overlay />
      <Modal.Content>
        {/* The page has a banner of its own. */}
        <Modal.Header role="presentation">
          <Modal.Title fw={650}>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
