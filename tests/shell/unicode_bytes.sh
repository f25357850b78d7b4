x='äöü'; echo "$x" ${x#ä} "${x%ü}"; case ä in ä) echo same;; esac
for c in é à; do echo $c; done
