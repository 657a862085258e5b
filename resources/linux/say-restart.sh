echo 'Holdfast is installed. One that is running goes on as the older version until "holdfast quit" and the next start;'
echo 'its sessions and servers survive that.'
