import './sheet.css'
import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import type { Invitation } from '@/api/client'
import { QrCode } from '@/components/qr-code'
import { dayHere } from '@/components/time/words'

interface Props {
  invitations: Invitation[]
  study: string
  /** How people know the vendor. */
  vendor: string
  onDone: () => void
}

function Slip({
  invitation,
  study,
  vendor,
}: { invitation: Invitation } & Omit<Props, 'invitations' | 'onDone'>) {
  const { participant, link, expires_at } = invitation
  const clipboard = useClipboard()
  return (
    <li className="slip">
      <QrCode text={link} label={`QR code of the invitation for ${participant}`} />
      <div>
        <h2>{participant}</h2>
        <p className="quiet">{study}</p>
        <ol>
          <li>Point the camera of your phone at the square, or open the address below.</li>
          <li>Read the page, then continue to {vendor} and agree there.</li>
        </ol>
        <p>
          <b>Works until {dayHere(expires_at)}.</b> It is for you alone.
        </p>
        <p className="link">{link}</p>
        <Button
          mt="xs"
          size="compact-sm"
          variant="default"
          className="on-screen"
          aria-label={`${clipboard.copied ? 'Copied' : 'Copy link'} for ${participant}`}
          onClick={() => clipboard.copy(link)}
        >
          {clipboard.copied ? 'Copied' : 'Copy link'}
        </Button>
      </div>
    </li>
  )
}

const lines = (invitations: Invitation[]) =>
  invitations.map(({ participant, link }) => `${participant}\t${link}`).join('\n')

/** Invitations just made, to be printed or sent: links and codes that are shown this once. */
export function Sheet({ invitations, onDone, ...about }: Props) {
  const clipboard = useClipboard()
  return (
    <>
      <div className="sheet-actions">
        <Button onClick={() => window.print()}>Print the sheet</Button>
        <Button variant="default" onClick={() => clipboard.copy(lines(invitations))}>
          {clipboard.copied ? 'Copied' : 'Copy all links'}
        </Button>
        <Button variant="subtle" onClick={onDone}>
          Done
        </Button>
      </div>
      <p className="about on-screen">
        Whoever has a link can connect an account to that code, so give each to its participant
        only. The links are shown this once; a new one can be made at any time, and ends the one
        before.
      </p>
      <ul className="slips" aria-label="Invitations">
        {invitations.map((invitation) => (
          <Slip
            key={`${invitation.participant} ${invitation.source}`}
            invitation={invitation}
            {...about}
          />
        ))}
      </ul>
    </>
  )
}
